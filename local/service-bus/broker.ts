import type { LocalClock } from '../clock.ts';
import { Entities } from './amqp/entities.ts';
import { AmqpListener } from './amqp/listener.ts';
import type { QueueCounts } from './model/metrics.ts';
import type { BrokerQueueSpec } from './model/spec.ts';

/** What a broker needs to start. */
export interface BrokerOptions {
  /** All time of the broker: locks, schedules, expiry, and every timestamp that clients see. */
  readonly clock: LocalClock;
  readonly queues: readonly BrokerQueueSpec[];
  /** 0 takes a free port. */
  readonly port: number;
  /** Default 127.0.0.1: the broker accepts every token, so keep it off the network. */
  readonly host?: string;
}

/** A running broker. */
export interface Broker {
  readonly port: number;
  /** For `@azure/service-bus` and `ServiceBusConnection` settings. */
  readonly connectionString: string;
  /** What each queue holds and did, by queue name as configured. */
  metrics(): Readonly<Record<string, QueueCounts>>;
  /** Drops all connections and messages. */
  close(): Promise<void>;
}

/** Starts a Service Bus broker that keeps its messages in memory. Rejects when the port is taken or two queues share a name. */
export async function startBroker({ clock, queues, port, host = '127.0.0.1' }: BrokerOptions): Promise<Broker> {
  const entities = new Entities(queues, clock);
  const listener = new AmqpListener(entities);
  const actualPort = await listener.listen(host, port);
  return {
    port: actualPort,
    connectionString: connectionStringOf(host, actualPort),
    metrics: () => Object.fromEntries(entities.queues.map((queue) => [queue.spec.name, queue.counts()])),
    close: async () => {
      entities.close();
      await listener.close();
    },
  };
}

/** The key is the one that Microsoft's emulator documents; this broker accepts any. */
function connectionStringOf(host: string, port: number): string {
  const key = 'SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE';
  return `Endpoint=sb://${host}:${port};${key};UseDevelopmentEmulator=true;`;
}
