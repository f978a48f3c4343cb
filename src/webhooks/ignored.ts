import type { Translated } from './provider.ts';

/** Characters of an event's name that an answer repeats. */
const EVENT_LENGTH_MAX = 64;

/** A provider's own test that it reaches us. */
export const PING: Translated = { kind: 'ignored', code: 'Ping', detail: 'A test of the provider: it gets here.' };

/** An event that says nothing about what a repository holds. */
export function unknownEvent(event: string): Translated {
  const name = event.slice(0, EVENT_LENGTH_MAX);
  return { kind: 'ignored', code: 'UnknownEvent', detail: `Event ${name} moves no branch and no tag.` };
}

/** An event whose news another event of the same provider brings, with what is missing in this one. */
export function toldByPush(event: string): Translated {
  return {
    kind: 'ignored',
    code: 'ToldByPush',
    detail: `Event ${event} says less than the push that comes beside it.`,
  };
}
