import type { Cluster } from '../../contracts/cluster.ts';
import type { Grant } from '../../contracts/grant.ts';
import type { Principal } from '../../contracts/principal.ts';
import { compileGlob } from '../../core/fleet/glob.ts';
import { compileSelector } from '../../core/fleet/select.ts';

/** What somebody may change, of all that their roles let them do. */
export interface Scope {
  /** True: everything, also clusters that nobody knows any more. */
  readonly isWhole: boolean;
  readonly hasCluster: (cluster: Cluster) => boolean;
  readonly hasDefinition: (name: string) => boolean;
  /** Names of the grants that make it up, for people. */
  readonly grants: readonly string[];
  /** Grants for groups exist, and the proof of identity did not say which groups the caller is in. */
  readonly groupsUnknown: boolean;
}

const WHOLE: Scope = {
  isWhole: true,
  hasCluster: () => true,
  hasDefinition: () => true,
  grants: [],
  groupsUnknown: false,
};

/**
 * Puts together the grants that name a principal. Without any grants in an installation everybody may change everything that their roles
 * let them; with some, whoever is named in none may change nothing. Admins are never limited.
 */
export function scopeOf(grants: readonly Grant[] | undefined, { actor, roles, groups }: Principal): Scope {
  if (grants === undefined || roles.includes('Admin')) return WHOLE;
  const names = new Set([`${actor.kind}:${actor.name}`, ...(groups ?? []).map((id) => `group:${id}`)]);
  const own = grants.filter(({ to }) => to.some((subject) => names.has(subject)));
  const selectors = own.flatMap(({ clusters }) => clusters ?? []);
  if (selectors.some((selector) => Object.keys(selector).length === 0)) return WHOLE;
  const clusters = selectors.map(compileSelector);
  const definitions = own.flatMap((grant) => grant.definitions ?? []).map(compileGlob);
  return {
    isWhole: false,
    hasCluster: (cluster) => clusters.some((matches) => matches(cluster)),
    hasDefinition: (name) => definitions.some((matches) => matches(name)),
    grants: own.map(({ name }) => name),
    groupsUnknown: groups === undefined && grants.some(({ to }) => to.some((subject) => subject.startsWith('group:'))),
  };
}
