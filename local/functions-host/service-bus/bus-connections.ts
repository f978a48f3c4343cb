import { ServiceBusClient } from '@azure/service-bus';
import type { ServiceBusSettings } from '../host-json.ts';
import { HostError } from '../host-error.ts';

/** The clients of one host, so that one close ends them all. */
export class BusConnections {
  readonly #shared = new Map<string, ServiceBusClient>();
  readonly #all: ServiceBusClient[] = [];
  readonly #settings: ServiceBusSettings;

  constructor(settings: ServiceBusSettings) {
    this.#settings = settings;
  }

  /** The one client for an app setting that holds a connection string. */
  shared(setting: string, functionName: string): ServiceBusClient {
    const client = this.#shared.get(setting) ?? this.separate(setting, functionName);
    this.#shared.set(setting, client);
    return client;
  }

  /** A client with a connection of its own. */
  separate(setting: string, functionName: string): ServiceBusClient {
    const connectionString = process.env[setting];
    if (connectionString === undefined) {
      throw new HostError(
        'NO_CONNECTION',
        `Function "${functionName}" needs the app setting "${setting}" with a Service Bus connection string. ` +
          'This host has no managed identity, so a fully qualified namespace is not enough.',
      );
    }
    const client = new ServiceBusClient(connectionString, { retryOptions: retryOptions(this.#settings) });
    this.#all.push(client);
    return client;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#all.map((client) => client.close()));
  }
}

function retryOptions({ clientRetryOptions }: ServiceBusSettings): object {
  const { mode, tryTimeout, delay, maxDelay, maxRetries } = clientRetryOptions;
  // RetryMode of core-amqp: 0 exponential, 1 fixed.
  return {
    mode: mode === 'fixed' ? 1 : 0,
    timeoutInMs: tryTimeout,
    retryDelayInMs: delay,
    maxRetryDelayInMs: maxDelay,
    maxRetries,
  };
}
