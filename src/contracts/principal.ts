import type { Actor } from './actor.ts';
import type { Role } from './roles.ts';

/** Somebody whose word for who they are has been proven, and what they may be. */
export interface Principal {
  readonly actor: Actor;
  readonly roles: readonly Role[];
  /** Object ids of the groups they are in; undefined when the proof says that there are more than it holds. */
  readonly groups: readonly string[] | undefined;
}
