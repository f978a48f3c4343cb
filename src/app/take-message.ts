import type { z } from 'zod';
import { Transient } from '../contracts/errors.ts';
import { DETAIL_LENGTH_MAX } from '../contracts/limits.ts';
import { PutOffMessage, type DeathReason } from '../contracts/messages.ts';
import { isNewer, NEWER_VERSION } from '../contracts/schema-version.ts';
import { NEWER_VERSION_RETRY_SECONDS } from '../contracts/timing.ts';
import { tellOfDeath } from '../core/notifications/what-to-tell.ts';
import type { Deps } from './deps.ts';
import { tell } from './notifications/tell.ts';

/** A message as the trigger of its queue hands it over. */
export interface Received {
  readonly queue: string;
  readonly id: string;
  readonly body: unknown;
}

/**
 * Works on a message, unless it takes a newer version to do so: one that such a version wrote, or that leads to rows of it, is put off.
 * Versions are at work side by side while one is deployed, and when one is taken back.
 *
 * @throws Error when it was put off so often that nobody of that version can be there: it goes to the dead letters.
 */
export async function takeMessage<T>(
  deps: Deps,
  received: Received,
  contract: z.ZodType<T>,
  work: (message: T) => Promise<void>,
): Promise<void> {
  const message = unpack(received);
  const done = await tryTo(message, () => work(contract.parse(message.body)));
  if (!done && !(await putOff(deps, message)))
    throw new Error(`A newer version of Flotilla wrote this message or what it leads to, and is not there.`);
}

/** The same for a dead letter; what nobody can account for is logged and told. */
export async function takeDeadMessage(
  deps: Deps,
  received: Received & { readonly death: DeathReason },
  account: (body: unknown) => Promise<void>,
): Promise<void> {
  const { queue, death } = received;
  const message = unpack(received);
  // One that died as newer was put off as long as that goes; one that leads to newer rows may have died of something else.
  if (!isNewer(message.body) && (await tryTo(message, () => account(message.body)))) return;
  if (!isNewer(message.body) && (await putOff(deps, message))) return;
  deps.log.error('message of a newer version died', { queue, messageId: message.id, ...death });
  const detail = `A message that takes a newer version of Flotilla: ${death.reason}. ${death.description}`;
  const subject = `queues/${queue}`;
  const id = `${message.id}.newer.dead`;
  const told = { id, at: deps.clock.now(), subject, code: NEWER_VERSION, detail: detail.slice(0, DETAIL_LENGTH_MAX) };
  await tell(deps, [tellOfDeath(told)]);
}

interface Unpacked extends Received {
  /** How often it was put off. */
  readonly times: number;
}

function unpack(received: Received): Unpacked {
  const { success, data } = PutOffMessage.safeParse(received.body);
  if (!success) return { ...received, times: 0 };
  return { queue: received.queue, id: data.id, body: data.body, times: data.times };
}

/** False when it takes a newer version. */
async function tryTo({ body }: Unpacked, work: () => Promise<void>): Promise<boolean> {
  if (isNewer(body)) return false;
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof Transient && error.code === NEWER_VERSION) return false;
    throw error;
  }
}

/** False when it was put off as often as that goes. Its id tells the times apart: duplicate detection would swallow it. */
async function putOff(deps: Deps, { queue, id, body, times }: Unpacked): Promise<boolean> {
  const pauseSeconds = NEWER_VERSION_RETRY_SECONDS[times];
  if (pauseSeconds === undefined) return false;
  deps.log.warn('message put off: it takes a newer version', { queue, messageId: id, times, pauseSeconds });
  await deps.bus.putOff(queue, {
    id: `${id}.later-${times + 1}`,
    at: deps.clock.now() + pauseSeconds * 1000,
    message: { schema: 1, kind: 'putOff', id, times: times + 1, body },
  });
  return true;
}
