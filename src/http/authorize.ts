import type { Principal } from '../contracts/principal.ts';
import { includesRole, type Role } from '../contracts/roles.ts';
import { forbidden } from './access-refusal.ts';

/** @throws AccessRefusal 403 naming the role that is needed */
export function refuseWithoutRole({ roles }: Principal, needed: Role): void {
  if (includesRole(roles, needed)) return;
  const held = roles.length === 0 ? 'You have none' : `You have ${roles.join(', ')}`;
  throw forbidden('RoleMissing', `This needs the role ${needed}. ${held}; docs/access.md says who gives roles.`);
}
