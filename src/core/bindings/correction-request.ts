import type { Correction } from '../../contracts/policy-binding.ts';
import type { RolloutRequest } from '../../contracts/rollout-request.ts';
import { actionsOf, subjectOf } from '../change/actions.ts';

/** Name of the rollouts that a binding submits. */
export function correctionName(binding: string): string {
  return `drift-${binding}`;
}

/**
 * The request of a rollout that brings clusters back to what was rolled out: the baseline rollout's own request, with those of its
 * actions that clusters drifted from, over these clusters and no others, the first of them as a canary. The rest of that change is left
 * out: something newer may have come in its place since.
 */
export function correctionRequest(
  binding: string,
  baseline: RolloutRequest,
  { baseline: { actions }, strategy }: Pick<Correction, 'baseline' | 'strategy'>,
  clusterIds: readonly string[],
): RolloutRequest {
  const all = actionsOf(baseline.change);
  const wanted = actions.flatMap((index) => all[index] ?? []);
  const subjects = new Set(wanted.map(subjectOf));
  const aboutExtension = wanted.some(({ kind }) => kind === 'ensureExtension' || kind === 'removeExtension');
  const { extension, configurations } = baseline.change;
  return {
    name: correctionName(binding),
    target: {
      selector: { ids: [...clusterIds] },
      offline: 'skip',
      deferFor: baseline.target.deferFor,
      unmatched: 'error',
      blocked: 'skip',
    },
    variables: baseline.variables,
    policy: baseline.policy,
    change: {
      fluxV1: 'keep',
      ...(aboutExtension && extension && { extension: repaired(extension) }),
      configurations: configurations.filter(({ name }) => subjects.has(name)),
    },
    strategy: {
      ...strategy,
      onBreach: 'halt',
      progressDeadline: baseline.strategy.progressDeadline,
      stages: [
        { name: 'canary', selector: { ids: clusterIds.slice(0, 1) }, soak: 0, gates: {} },
        ...(clusterIds.length > 1 ? [{ name: 'rest', soak: 0, gates: {} }] : []),
      ],
    },
  };
}

type Extension = NonNullable<RolloutRequest['change']['extension']>;

/** A failed extension is written anew: that is what its correction is. One that has not failed takes no notice. */
function repaired(extension: Extension): Extension {
  return extension.action === 'ensure' && extension.repair === 'none' ? { ...extension, repair: 'rewrite' } : extension;
}
