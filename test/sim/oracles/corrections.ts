import { clusterKey } from '../../../src/contracts/cluster-id.ts';
import { hasEnded } from '../../../src/contracts/rollout-state.ts';
import type { Invocation } from '../kernel/invocation.ts';
import type { Fact, Mirror } from '../world/facts.ts';
import { deedsOf, isPlain, type Deed } from './deeds.ts';

/** Name of the binding that a rollout corrects drift for; undefined for a rollout that somebody asked for. */
export function bindingOf({ header: { name, createdBy } }: Mirror): string | undefined {
  return createdBy.kind === 'system' && name.startsWith('drift-') ? name.slice('drift-'.length) : undefined;
}

/** When each invocation made its first call: what it decided on cannot be older. */
export class Beginnings {
  readonly #at = new WeakMap<Invocation, number>();

  observe(fact: Fact, now: number): void {
    if (fact.kind === 'called' && !this.#at.has(fact.invocation)) this.#at.set(fact.invocation, now);
  }

  of(invocation: Invocation): number {
    return this.#at.get(invocation) ?? 0;
  }
}

/** What a rollout left behind on one subject of one cluster with success. */
export interface LeftBehind {
  readonly mirror: Mirror;
  readonly deed: Deed;
  readonly at: number;
  /** It says what the subject is as a whole; an edit adds to that. */
  readonly isWhole: boolean;
}

/** Everything that rollouts which have ended left behind there, oldest first. */
export function leftBehind(mirrors: Iterable<Mirror>, clusterId: string, subject: string): LeftBehind[] {
  return [...mirrors]
    .filter(({ header }) => hasEnded(header.status))
    .flatMap((mirror) => {
      const row = [...mirror.results.values()].find((one) => clusterKey(one.clusterId) === clusterKey(clusterId));
      const deed = deedsOf(mirror.request).find((one) => one.subject === subject && leavesSomething(one));
      const verdict = row?.outcome.verdict;
      if (row === undefined || deed === undefined || (verdict !== 'Succeeded' && verdict !== 'Unchanged')) return [];
      return [{ mirror, deed, at: row.outcome.at, isWhole: isWhole(deed) }];
    })
    .sort((one, other) => one.at - other.at);
}

function leavesSomething(deed: Deed): boolean {
  return deed.kind !== 'removeFluxV1' && !isPlain(deed);
}

function isWhole(deed: Deed): boolean {
  return deed.kind !== 'configuration' || deed.change.action === 'apply' || deed.change.action === 'remove';
}
