import type { DeathReason } from '../contracts/messages.ts';

/** Settles messages that a trigger has received and leaves to us (`autoCompleteMessages: false`). May throw `Transient`. */
export interface Inbox {
  complete(lockToken: string): Promise<void>;
  /** Moves the message to the dead-letter queue, where the reason stands beside it. */
  deadLetter(lockToken: string, death: DeathReason): Promise<void>;
}
