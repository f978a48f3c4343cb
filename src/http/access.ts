import type { Grant } from '../contracts/grant.ts';
import type { Role } from '../contracts/roles.ts';
import type { Tokens } from '../ports/tokens.ts';

/** An API key, of which only the SHA-256 is known (64 lower-case hexadecimal digits). A name may stand twice while its key is replaced. */
export interface ApiKey {
  readonly name: string;
  readonly role: Role;
  readonly sha256: string;
}

/** Who may call, as the settings of the installation say. */
export interface Access {
  /** True in a local cloud that asks nobody who they are: everybody is an Admin. */
  readonly isOff: boolean;
  /** Undefined where no tenant is trusted. */
  readonly tokens: Tokens | undefined;
  readonly keys: readonly ApiKey[];
  /** Tenants whose people the platform's own authentication may vouch for; undefined: its headers mean nothing. */
  readonly easyAuthTenants: readonly string[] | undefined;
  /** Undefined where roles alone decide. */
  readonly grants: readonly Grant[] | undefined;
}
