import type { LocalClock } from '../clock.ts';
import type { RegisteredFunction } from './function-app.ts';
import { HostError } from './host-error.ts';
import type { HostJson } from './host-json.ts';
import type { Invoker } from './invoker.ts';
import { Pending } from './pending.ts';
import type { RpcLogLevel } from './rpc-types.ts';
import { BusConnections } from './service-bus/bus-connections.ts';
import { prepareQueueTrigger } from './service-bus/prepare-queue-trigger.ts';
import type { BusListener } from './service-bus/queue-listener.ts';
import { TimerListener } from './timers/timer-listener.ts';
import { TimerStatusStore } from './timers/timer-status-store.ts';

export interface TriggerOptions {
  readonly invoker: Invoker;
  readonly clock: LocalClock;
  readonly hostJson: HostJson;
  readonly stateFolder: string | undefined;
  readonly log: (level: RpcLogLevel, message: string) => void;
}

/** Everything that starts invocations by itself: queues and timers. Building it checks every binding and connects nothing. */
export class Triggers {
  readonly #connections: BusConnections;
  readonly #queues: (() => BusListener)[] = [];
  readonly #timers: TimerListener[] = [];
  readonly #messages = new Pending();
  #listeners: BusListener[] = [];

  constructor(functions: readonly RegisteredFunction[], options: TriggerOptions) {
    const settings = options.hostJson.extensions.serviceBus;
    const store = new TimerStatusStore(options.stateFolder);
    this.#connections = new BusConnections(settings);
    for (const fn of functions) {
      const { name } = fn.metadata;
      switch (fn.trigger.type.toLowerCase()) {
        case 'httptrigger':
          break;
        case 'servicebustrigger':
          this.#queues.push(
            prepareQueueTrigger(fn, { ...options, settings, connections: this.#connections, pending: this.#messages }),
          );
          break;
        case 'timertrigger':
          this.#timers.push(new TimerListener(fn, { ...options, store }));
          break;
        default:
          throw new HostError(
            'UNKNOWN_TRIGGER',
            `Function "${name}": this host has no ${fn.trigger.type}; it has HTTP, Service Bus queues and timers.`,
          );
      }
    }
  }

  async start(): Promise<void> {
    this.#listeners = this.#queues.map((start) => start());
    for (const timer of this.#timers) await timer.start();
  }

  async stopIntake(): Promise<void> {
    for (const timer of this.#timers) timer.stop();
    await Promise.allSettled(this.#listeners.map((listener) => listener.stopIntake()));
  }

  /** Resolves when every delivered message is settled and every timer run remembered. */
  async idle(): Promise<void> {
    await Promise.all([this.#messages.idle(), ...this.#timers.map((timer) => timer.idle())]);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#listeners.map((listener) => listener.close()));
    await this.#connections.close();
  }
}
