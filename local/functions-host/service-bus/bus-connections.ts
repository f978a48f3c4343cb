import { ServiceBusClient } from '@azure/service-bus';
import type { ServiceBusSettings } from '../host-json.ts';
import { HostError } from '../host-error.ts';

/** One client per connection setting, shared by all functions that name it. */
export class BusConnections {
  readonly #clients = new Map<string, ServiceBusClient>();
  readonly #settings: ServiceBusSettings;

  constructor(settings: ServiceBusSettings) {
    this.#settings = settings;
  }

  /** The client for an app setting that holds a connection string. */
  client(setting: string, functionName: string): ServiceBusClient {
    const known = this.#clients.get(setting);
    if (known !== undefined) return known;
    const connectionString = process.env[setting];
    if (connectionString === undefined) {
      throw new HostError(
        'NO_CONNECTION',
        `Function "${functionName}" needs the app setting "${setting}" with a Service Bus connection string. ` +
          'This host has no managed identity, so a fully qualified namespace is not enough.',
      );
    }
    const client = new ServiceBusClient(connectionString, { retryOptions: retryOptions(this.#settings) });
    this.#clients.set(setting, client);
    return client;
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#clients.values()].map((client) => client.close()));
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
