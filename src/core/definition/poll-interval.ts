import type { DefinitionRecord, Polled } from '../../contracts/definition.ts';
import { normaliseRepository } from '../../contracts/repository.ts';
import { POLL_IDLE_SECONDS, POLL_SECONDS_MAX } from '../../contracts/timing.ts';

/** How much rarer polls are where nothing moves. Ours. */
const IDLE_FACTOR = 4;

/** True when the repository of a definition is to be asked; at once after the definition was changed. */
export function isPollDue({ definition, polled, changedAt }: DefinitionRecord, now: number): boolean {
  if (definition.follows.poll === false) return false;
  return polled === undefined || polled.at < changedAt || now >= polled.nextAt;
}

/** Why a definition is not polled though it may be; undefined for repositories that can be. */
export function whyNotPolled({ definition }: DefinitionRecord): string | undefined {
  const { repository } = definition.follows;
  if (normaliseRepository(repository)?.source === 'oci') {
    return 'OCI repositories are not polled: a webhook of the registry has to tell of pushes.';
  }
  if (/^https?:/i.test(repository.trim())) return undefined;
  return 'Repositories are polled over https:// only: name that URL, or let a webhook tell of pushes.';
}

/**
 * When to ask again after a poll that succeeded: after `every`; four times as long when nothing has moved for a day; once an hour
 * while webhooks tell of everything, that is, none was missing since the last one came.
 */
export function nextPollAt({ definition, webhookSeenAt }: DefinitionRecord, polled: Omit<Polled, 'nextAt'>): number {
  const everySeconds = baseSeconds(definition.follows.poll);
  const { at, changedAt } = polled;
  const isTold = webhookSeenAt !== undefined && webhookSeenAt >= changedAt;
  const isIdle = at - Math.max(changedAt, webhookSeenAt ?? 0) >= POLL_IDLE_SECONDS * 1000;
  const seconds = isTold ? POLL_SECONDS_MAX : isIdle ? everySeconds * IDLE_FACTOR : everySeconds;
  return at + atMost(seconds, everySeconds) * 1000;
}

/** What is kept of a poll that failed: twice the time with each failure in a row, and never less than the host asks for. */
export function failedPoll(
  { definition, polled }: DefinitionRecord,
  { detail, retryAfterMs = 0 }: { readonly detail: string; readonly retryAfterMs?: number },
  now: number,
): Polled {
  const everySeconds = baseSeconds(definition.follows.poll);
  const failures = (polled?.failures ?? 0) + 1;
  const pauseSeconds = atMost(everySeconds * 2 ** failures, everySeconds);
  return {
    ...(polled ?? { changedAt: now, heads: [] }),
    at: now,
    nextAt: now + Math.max(pauseSeconds * 1000, retryAfterMs),
    failures,
    failure: detail,
  };
}

/** Said once an hour, in case that the definition is changed meanwhile. */
export function unpolled(note: string, now: number): Polled {
  return { at: now, nextAt: now + POLL_SECONDS_MAX * 1000, changedAt: now, failures: 0, note, heads: [] };
}

function baseSeconds(poll: DefinitionRecord['definition']['follows']['poll']): number {
  return poll === false ? POLL_SECONDS_MAX : poll.every;
}

/** An hour at the most, unless somebody asked for less than that. */
function atMost(seconds: number, everySeconds: number): number {
  return Math.max(everySeconds, Math.min(seconds, POLL_SECONDS_MAX));
}
