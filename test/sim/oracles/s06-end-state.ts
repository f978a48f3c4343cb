import { hasEnded, type Rollout } from '../../../src/contracts/rollout-state.ts';
import type { Mirror } from '../world/facts.ts';
import { shortName, type OracleSpec } from './oracle.ts';

/** S6: a rollout ends once, and its end state tells the truth about its clusters. */
export const S6: OracleSpec = {
  id: 'S6',
  about: 'the end state is final and agrees with the clusters',
  create: (_, report) => ({
    observe: (fact) => {
      if (fact.kind !== 'committed') return;
      const { mirror, before } = fact;
      if (hasEnded(before.status)) report(`${shortName(mirror)} ended as ${before.status}, then was changed`);
      if (!hasEnded(mirror.header.status)) return;
      const problem = disagreement(mirror, mirror.header);
      if (problem !== undefined) report(`${shortName(mirror)} ends as ${mirror.header.status}, but ${problem}`);
    },
  }),
};

function disagreement(mirror: Mirror, header: Rollout): string | undefined {
  const results = [...mirror.results.values()];
  const good = results.filter(
    ({ outcome, regressed }) => ['Succeeded', 'Unchanged'].includes(outcome.verdict) && regressed === undefined,
  ).length;
  const cancelling = header.status === 'Cancelled' || (header.status === 'Failed' && header.stop === 'cancel');
  if (mirror.live.size > 0) return `${mirror.live.size} clusters are still in flight`;
  if (header.status === 'Superseded') {
    const asked = mirror.commands.some(({ kind }) => kind === 'supersede');
    return asked && header.supersededBy !== undefined ? undefined : 'nothing takes its place';
  }
  if (cancelling) {
    const asked = mirror.commands.some(({ kind }) => kind === 'cancel' || kind === 'reject');
    const expires = header.endReason?.code === 'ApprovalExpired';
    return asked || expires ? undefined : 'nobody cancelled or rejected it';
  }
  if (results.length !== mirror.targets.length)
    return `${results.length} of ${mirror.targets.length} clusters have a verdict`;
  if (header.status === 'Succeeded' && good < mirror.targets.length)
    return `only ${good} of ${mirror.targets.length} clusters are good`;
  if (header.status === 'CompletedWithFailures' && good === mirror.targets.length) return 'every cluster is good';
  if (header.status === 'Failed' && good > 0) return `${good} clusters are good`;
  return undefined;
}
