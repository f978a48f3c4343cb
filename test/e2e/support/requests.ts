export const COMMIT_A = 'a'.repeat(40);
export const COMMIT_B = 'b'.repeat(40);
export const REPOSITORY = 'https://github.com/fleet-example/apps';

interface Wanted {
  readonly name: string;
  /** Clusters in the order of their stages, by id. */
  readonly stages: readonly {
    readonly name: string;
    readonly ids?: readonly string[];
    readonly [field: string]: unknown;
  }[];
  readonly commit?: string | undefined;
  readonly path?: string;
  readonly target?: object;
  readonly strategy?: object;
}

/** A rollout request over clusters that are given by their ids, one configuration that has the name of the rollout. */
export function requestOf({ name, stages, commit, path = './apps', target, strategy }: Wanted) {
  const ids = stages.flatMap((stage) => stage.ids ?? []);
  return {
    name,
    target: { selector: ids.length > 0 ? { ids } : {}, ...target },
    change: {
      configurations: [
        {
          name,
          sourceKind: 'GitRepository',
          gitRepository: {
            url: REPOSITORY,
            repositoryRef: { branch: 'main', ...(commit !== undefined && { commit }) },
          },
          kustomizations: { apps: { path } },
        },
      ],
    },
    strategy: {
      maxConcurrency: 100,
      ...strategy,
      stages: stages.map(({ ids: own, ...stage }) => ({
        ...stage,
        ...(own !== undefined && { selector: { ids: own } }),
      })),
    },
  };
}
