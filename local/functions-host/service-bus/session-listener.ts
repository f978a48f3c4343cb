import { isServiceBusError } from '@azure/service-bus';
import type { ServiceBusClient, ServiceBusSessionReceiver } from '@azure/service-bus';
import { describeError } from '../describe-error.ts';
import { keepLocked } from './lock-renewal.ts';
import { processMessage } from './process-message.ts';
import type { QueueTrigger } from './process-message.ts';
import type { BusListener } from './queue-listener.ts';

const PAUSE_AFTER_ERROR_MS = 1_000;

/**
 * Listens on a queue with sessions: at most one session for each of `slots`, in each of them
 * `maxConcurrentCallsPerSession` messages. A session without a message for `sessionIdleTimeout` is given back.
 *
 * A slot is a client with its own connection: when two waits for a session end at once on one connection, the SDK
 * (7.9.5) mixes up their AMQP channels and every other link of that connection stops working too.
 */
export function listenSessions(slots: readonly ServiceBusClient[], trigger: QueueTrigger): BusListener {
  const stop = new AbortController();
  const open = new Set<SessionRun>();
  for (const client of slots) void acceptSessions(client, trigger, stop.signal, open);
  return {
    stopIntake: async () => {
      stop.abort();
      await Promise.allSettled([...open].map((run) => run.stopIntake()));
    },
    close: async () => {
      // A slot that waits for a session is not waited for: the SDK cannot abort that, closing the client ends it.
      for (const run of open) run.end();
      await Promise.allSettled([...open].map((run) => run.ended));
    },
  };
}

async function acceptSessions(
  client: ServiceBusClient,
  trigger: QueueTrigger,
  signal: AbortSignal,
  open: Set<SessionRun>,
): Promise<void> {
  const options = { maxAutoLockRenewalDurationInMs: 0, skipParsingBodyAsJson: true, abortSignal: signal };
  while (!signal.aborted) {
    try {
      const receiver = await client.acceptNextSession(trigger.queueName, options);
      if (signal.aborted) return await receiver.close();
      const run = new SessionRun(trigger, receiver);
      open.add(run);
      await run.ended;
      open.delete(run);
    } catch (error) {
      // No free session within the try time-out is the normal idle state.
      if (signal.aborted || (isServiceBusError(error) && error.code === 'ServiceTimeout')) continue;
      trigger.log('warning', `Queue ${trigger.queueName}, next session: ${describeError(error)}`);
      await pause(trigger, signal);
    }
  }
}

/** Waits before the next attempt; a stop cuts the wait short. */
async function pause({ clock }: QueueTrigger, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const wake = (): void => resolve(undefined);
  const cancel = clock.after(PAUSE_AFTER_ERROR_MS, wake);
  signal.addEventListener('abort', wake, { once: true });
  await promise;
  signal.removeEventListener('abort', wake);
  cancel();
}

/** One accepted session, until it is idle, its lock is lost or the host stops. */
class SessionRun {
  readonly ended: Promise<void>;
  readonly end: () => void;
  readonly #trigger: QueueTrigger;
  readonly #receiver: ServiceBusSessionReceiver;
  readonly #subscription: { close(): Promise<void> };
  #busy = 0;
  #cancelIdle = (): void => undefined;

  constructor(trigger: QueueTrigger, receiver: ServiceBusSessionReceiver) {
    this.#trigger = trigger;
    this.#receiver = receiver;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.end = () => resolve(undefined);
    const stopRenewal = keepLocked({
      clock: trigger.clock,
      lockedUntil: receiver.sessionLockedUntilUtc,
      renew: () => receiver.renewSessionLock(),
      durationMs: trigger.settings.maxAutoLockRenewalDuration,
      onError: (error) =>
        trigger.log('warning', `The lock of session ${receiver.sessionId} was not renewed: ${describeError(error)}`),
    });
    this.ended = promise.then(async () => {
      stopRenewal();
      this.#cancelIdle();
      await receiver.close();
    });
    this.#subscription = this.#subscribe();
    this.#armIdle();
  }

  async stopIntake(): Promise<void> {
    await this.#subscription.close();
    if (this.#busy === 0) this.end();
  }

  #subscribe(): { close(): Promise<void> } {
    const { settings, log, queueName } = this.#trigger;
    return this.#receiver.subscribe(
      {
        processMessage: async (message) => {
          this.#cancelIdle();
          this.#busy++;
          await this.#trigger.pending.track(processMessage(this.#trigger, this.#receiver, message));
          this.#busy--;
          this.#armIdle();
        },
        processError: async ({ error, errorSource }) => {
          log(
            'warning',
            `Queue ${queueName}, session ${this.#receiver.sessionId}, ${errorSource}: ${describeError(error)}`,
          );
          if (this.#receiver.isClosed || (isServiceBusError(error) && error.code === 'SessionLockLost')) this.end();
        },
      },
      { autoCompleteMessages: false, maxConcurrentCalls: settings.maxConcurrentCallsPerSession },
    );
  }

  #armIdle(): void {
    if (this.#busy === 0)
      this.#cancelIdle = this.#trigger.clock.after(this.#trigger.settings.sessionIdleTimeout, this.end);
  }
}
