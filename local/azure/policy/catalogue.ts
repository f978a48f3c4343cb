import { FLUX_DEFINITIONS } from './flux-definitions.ts';
import { definitionId, setId, type PolicyDefinition, type PolicySet } from './definition.ts';

/** A built-in definition that has nothing to do with Flux: what an installation also meets. */
const PRIVATE_CLUSTERS: PolicyDefinition = {
  name: '040732e8-d947-40b8-95d6-854c95024bf8',
  displayName: 'Azure Kubernetes Service Private Clusters should be enabled',
  version: '1.0.1',
  parameters: {
    effect: { type: 'String', allowedValues: ['Audit', 'Disabled'], defaultValue: 'Audit' },
  },
  demand: { kind: 'privateCluster' },
};

export const DEFINITIONS: readonly PolicyDefinition[] = [...FLUX_DEFINITIONS, PRIVATE_CLUSTERS];

/** An initiative of the simulator's own: the extension, and a configuration from a public Git repository. */
const FLUX_BASELINE: PolicySet = {
  name: '6f1ea000-0000-4000-8000-000000000001',
  displayName: 'Kubernetes clusters run Flux with a baseline configuration',
  version: '1.0.0',
  parameters: {
    baselineName: { type: 'String', defaultValue: 'baseline' },
    baselineUrl: { type: 'String' },
    baselineBranch: { type: 'String', defaultValue: 'main' },
    effect: { type: 'String', allowedValues: ['DeployIfNotExists', 'Disabled'], defaultValue: 'DeployIfNotExists' },
  },
  members: [
    {
      referenceId: 'fluxExtension',
      definition: known('f9175d5f-abc8-1dc3-bd3c-5d7476ada3d1'),
      parameters: { effect: "[parameters('effect')]" },
    },
    {
      referenceId: 'fluxBaseline',
      definition: known('83ea2fd1-9eaf-2f6d-f672-cd7b2ac798f6'),
      parameters: {
        configurationName: "[parameters('baselineName')]",
        configurationNamespace: 'flux-baseline',
        repositoryUrl: "[parameters('baselineUrl')]",
        repositoryRefBranch: "[parameters('baselineBranch')]",
        kustomizationPath: './clusters',
        kustomizationPrune: true,
        effect: "[parameters('effect')]",
      },
    },
  ],
};

export const SETS: readonly PolicySet[] = [FLUX_BASELINE];

/** The definition or initiative of an id, or of its last segment alone; case does not matter. */
export function findAssignable(idOrName: string): PolicyDefinition | PolicySet | undefined {
  const wanted = idOrName.toLowerCase();
  return (
    DEFINITIONS.find((each) => each.name === wanted || definitionId(each).toLowerCase() === wanted) ??
    SETS.find((each) => each.name === wanted || setId(each).toLowerCase() === wanted)
  );
}

function known(name: string): PolicyDefinition {
  const found = FLUX_DEFINITIONS.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no built-in definition ${name}`);
  return found;
}
