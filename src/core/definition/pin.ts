import type { Definition, Revision } from '../../contracts/definition.ts';
import type { ConfigurationChange } from '../../contracts/flux/change.ts';
import type { Configuration } from '../../contracts/flux/configuration.ts';
import { normaliseRepository, type Repository } from '../../contracts/repository.ts';
import type { RequestStage, RolloutRequest } from '../../contracts/rollout-request.ts';
import { sourceUrl } from '../flux/source.ts';

/**
 * The rollout of one revision: the definition's template, in which every configuration that is applied from the followed repository
 * is pinned. `findDefinitionProblems` has made sure that there is one.
 */
export function pinRollout({ rollout, autoStart }: Definition, name: string, revision: Revision): RolloutRequest {
  const { source, repository } = revision;
  const { configurations } = rollout.change;
  const followed = new Set(findPinned(configurations, { source, key: repository }));
  const { stages } = rollout.strategy;
  return {
    ...rollout,
    name,
    change: {
      ...rollout.change,
      configurations: configurations.map((one) => (isApplied(one) && followed.has(one) ? pin(one, revision) : one)),
    },
    strategy: { ...rollout.strategy, stages: autoStart ? stages : gated(stages) },
  };
}

/** Configurations that are applied from a repository. */
export function findPinned(
  configurations: readonly ConfigurationChange[],
  { source, key }: Repository,
): Configuration[] {
  return configurations.filter(isApplied).filter((configuration) => {
    const from = normaliseRepository(sourceUrl(configuration));
    return from?.key === key && from.source === source;
  });
}

function isApplied(change: ConfigurationChange): change is Configuration {
  return change.action === 'apply';
}

/**
 * A branch is pinned by its commit, which the service wants the branch beside; an artifact by its digest. A Git tag is pinned by the
 * commit where the template says which branch the tags are on, and by its name where it does not: the plan then warns (`NotPinned`)
 * that moving the tag moves the fleet.
 */
function pin(configuration: Configuration, { ref, commit }: Revision): Configuration {
  const { gitRepository, ociRepository } = configuration;
  const name = literal(ref.name);
  if (ociRepository !== undefined) {
    return { ...configuration, ociRepository: { ...ociRepository, repositoryRef: { tag: name, digest: commit } } };
  }
  if (gitRepository === undefined) return configuration;
  const branch = ref.kind === 'branch' ? name : gitRepository.repositoryRef.branch;
  const repositoryRef = branch === undefined ? { tag: name } : { branch, commit };
  return { ...configuration, gitRepository: { ...gitRepository, repositoryRef } };
}

/** Names of refs come from whoever may push: what looks like an expression of the plan in one is only text. */
function literal(name: string): string {
  return name.replaceAll('${', () => '$${');
}

/** The first stage waits for an approval, of one person who did not ask for the rollout unless it says otherwise. */
function gated([first, ...rest]: readonly RequestStage[]): RequestStage[] {
  if (first === undefined) return [];
  const approval = first.gates.before?.approval ?? { quorum: 1, requesterMayApprove: false };
  return [{ ...first, gates: { ...first.gates, before: { ...first.gates.before, approval } } }, ...rest];
}
