import { z } from 'zod';
import type { CommandKind } from './command.ts';

/** What callers may be: the app roles of the registration in Entra ID, and the roles of API keys. */
export const Role = z.enum(['Reader', 'Operator', 'Approver', 'Admin']);
export type Role = z.infer<typeof Role>;

const INCLUDES: Readonly<Record<Role, readonly Role[]>> = {
  Reader: ['Reader'],
  Operator: ['Operator', 'Reader'],
  // Whoever approves is to be somebody else than whoever operates, so neither includes the other.
  Approver: ['Approver', 'Reader'],
  Admin: Role.options,
};

/** True when one of the roles held is the one needed, or includes it. */
export function includesRole(held: readonly Role[], needed: Role): boolean {
  return held.some((role) => INCLUDES[role].includes(needed));
}

/** What each command on a rollout needs. */
export const COMMAND_ROLES: Readonly<Record<CommandKind, Role>> = {
  pause: 'Operator',
  resume: 'Operator',
  cancel: 'Operator',
  approve: 'Approver',
  reject: 'Approver',
};

/** The permission of the app registration that clients ask for on behalf of a person (claim `scp`). Entra's own default name. */
export const DELEGATED_SCOPE = 'user_impersonation';
