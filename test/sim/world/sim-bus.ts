import { Transient } from '../../../src/contracts/errors.ts';
import {
  NOTIFICATIONS_QUEUE,
  OPERATIONS_QUEUE,
  REVISIONS_QUEUE,
  ROLLOUTS_QUEUE,
  STATUSES_QUEUE,
  SWEEPS_QUEUE,
} from '../../../src/contracts/queues.ts';
import type { MemoryBus } from '../../../src/adapters/memory/bus.ts';
import type { Bus, Outgoing } from '../../../src/ports/bus.ts';
import type { Invocation } from '../kernel/invocation.ts';
import { call, type CallSite } from '../kernel/port.ts';

/** Told of every message that was taken by the broker. */
export type OnSent = (queue: string, message: Outgoing<unknown>) => void;

const MINUTE_MS = 60_000;

/** The bus with faults: messages get lost, doubled, late, and come again hours later; a send may fail or only seem to. */
export function simBus(site: CallSite, invocation: Invocation, inner: MemoryBus, onSent: OnSent): Bus {
  const { kernel, faults } = site;
  const errors = {
    before: 'busBefore',
    after: 'busAfter',
    error: () => new Transient('ServiceBusy', 'Service Bus did not answer.'),
  } as const;

  function enqueue(queue: string, message: Outgoing<unknown>, key: string): void {
    if (faults.fires('messageLost', key)) {
      kernel.note(`message ${message.id} is lost`);
      return;
    }
    const lateMs = faults.fires('messageLate', key) ? faults.unit('lateness', key) ** 3 * 30 * MINUTE_MS : 0;
    const body = JSON.stringify(message.message);
    const at = Math.max(message.at, kernel.now()) + lateMs;
    const again = (suffix: string, delayMs: number): void => {
      inner.queues.get(queue)?.send(`${message.id}#${suffix}`, body, at + delayMs, kernel.now());
    };
    const answer = inner.queues.get(queue)?.send(message.id, body, at, kernel.now());
    kernel.note(`${queue} ${answer ?? 'unknown queue'} ${message.id} for +${Math.round(at - kernel.now())} ms`);
    if (faults.fires('messageTwice', key)) again(`twice/${key}`, faults.unit('twice', key) * 20_000);
    if (faults.fires('messageReplayed', key))
      again(`replayed/${key}`, (10 + faults.unit('replayed', key) * 170) * MINUTE_MS);
    onSent(queue, message);
  }

  function send(name: string, queue: string, messages: readonly Outgoing<unknown>[]): Promise<void> {
    const key = `${invocation.id}/${invocation.calls}`;
    return call(site, invocation, name, errors, async () => {
      messages.forEach((message, index) => {
        enqueue(queue, message, `${key}/${index}`);
      });
    });
  }
  return {
    sendOperations: (messages) => send('bus.sendOperations', OPERATIONS_QUEUE, messages),
    sendWakeups: (messages) => send('bus.sendWakeups', ROLLOUTS_QUEUE, messages),
    sendSweeps: (messages) => send('bus.sendSweeps', SWEEPS_QUEUE, messages),
    sendRevisions: (messages) => send('bus.sendRevisions', REVISIONS_QUEUE, messages),
    sendStatuses: (messages) => send('bus.sendStatuses', STATUSES_QUEUE, messages),
    sendNotifications: (messages) => send('bus.sendNotifications', NOTIFICATIONS_QUEUE, messages),
    putOff: (queue, message) => send('bus.putOff', queue, [message]),
  };
}
