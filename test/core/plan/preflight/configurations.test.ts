import { describe, expect, it } from 'vitest';
import { clusterKey } from '../../../../src/contracts/cluster-id.ts';
import { cluster, rawConfiguration } from '../../clusters.ts';
import {
  aks,
  APPLY,
  codeIn,
  codesOf,
  EDIT,
  find,
  hybrid,
  REMOVE,
  REMOVE_EXTENSION,
  shopIsThere,
  SUSPEND,
  type Situation,
} from './support.ts';

const replacing = { configurations: [rawConfiguration({ replace: true })] };
const present = shopIsThere;
const elsewhere = {
  shop: {
    namespace: 'other',
    scope: 'namespace',
    kustomizations: { a: { prune: true }, b: { prune: false }, c: { prune: true } },
  },
};
const unpruned = { shop: { namespace: 'other', scope: 'cluster', kustomizations: { a: { prune: false }, b: {} } } };
const carries = (...names: string[]) => ({ configurations: new Map([[clusterKey(cluster('c').id), names]]) });

function withBlob(azureBlob: Record<string, unknown>): Record<string, unknown> {
  const { gitRepository: _, ...rest } = rawConfiguration();
  const blob = { url: 'https://acct.blob.core.windows.net', containerName: 'c', ...azureBlob };
  return { configurations: [{ ...rest, sourceKind: 'AzureBlob', azureBlob: blob }] };
}
const managedIdentity = withBlob({ managedIdentity: { clientId: '00000000-0000-4000-a000-000000000001' } });

it.each<[title: string, severity: 'block' | 'warn', situation: Situation, detail: RegExp]>([
  [
    '[preflight.BlobManagedIdentityNotOnArc] an Arc cluster',
    'block',
    { change: managedIdentity },
    /shop reads its blobs .* AKS only/,
  ],
  [
    '[preflight.BlobManagedIdentityNotOnArc] AKS hybrid',
    'block',
    { cluster: hybrid, change: managedIdentity },
    /AKS only/,
  ],
  [
    '[preflight.TakesOverConfiguration] to apply',
    'warn',
    { present, foreign: ['shop'] },
    /shop exists .* never written by Flotilla.* to apply it/,
  ],
  [
    '[preflight.TakesOverConfiguration] to remove',
    'warn',
    { change: REMOVE, present, foreign: ['shop'] },
    /to remove it/,
  ],
  [
    '[preflight.ImmutableField] namespace and scope',
    'block',
    { present: elsewhere },
    /namespace other instead of shop and scope namespace instead of cluster, .*replace: true/,
  ],
  [
    '[preflight.ImmutableField] the namespace alone',
    'block',
    { present: unpruned },
    /with namespace other instead of shop, which/,
  ],
  [
    '[preflight.ImmutableField] a namespace that Azure chose',
    'block',
    { present: { shop: {} } },
    /namespace default instead of shop, which/,
  ],
  [
    '[preflight.ImmutableField] a namespace that comes from a value',
    'block',
    {
      change: { configurations: [rawConfiguration({ namespace: 'team-${variables.team}' })] },
      variables: { team: 'a' },
      present,
    },
    /namespace shop instead of team-a, which/,
  ],
  [
    '[preflight.ReplacesConfiguration] what prune deletes',
    'warn',
    { change: replacing, present: elsewhere },
    /namespace other instead of shop.*removed and created anew\. Everything that its kustomizations a, c applied is deleted/,
  ],
  [
    '[preflight.ReplacesConfiguration] that nothing is pruned',
    'warn',
    { change: replacing, present: unpruned },
    /None of its kustomizations prunes/,
  ],
  [
    '[preflight.ConfigurationMissing] to suspend',
    'block',
    { change: SUSPEND },
    /no configuration shop to suspend.*az k8s-configuration flux list --cluster-name c --cluster-type connectedClusters/,
  ],
  [
    '[preflight.ConfigurationMissing] to resume',
    'block',
    { change: { configurations: [{ action: 'resume', name: 'shop' }] } },
    /no configuration shop to resume/,
  ],
  ['[preflight.ConfigurationMissing] to edit', 'block', { change: EDIT }, /no configuration shop to edit/],
  [
    '[preflight.ConfigurationsExist] what the plan leaves',
    'block',
    { change: { ...REMOVE, ...REMOVE_EXTENSION }, present, facts: carries('shop', 'infra', 'apps') },
    /still has configurations \(infra, apps\).*evenWithConfigurations: true/,
  ],
])('%s', (title, severity, situation, detail) => {
  const code = codeIn(title);
  const found = find(situation).filter((finding) => finding.code === code);
  expect(found).toMatchObject([{ code, severity, clusterId: expect.stringMatching(/\/c$/) as never }]);
  expect(found[0]?.detail).toMatch(detail);
});

describe('does not find', () => {
  it.each<[code: string, what: string, situation: Situation]>([
    ['BlobManagedIdentityNotOnArc', 'AKS', { cluster: aks, change: managedIdentity }],
    ['BlobManagedIdentityNotOnArc', 'other credentials', { change: withBlob({ localAuthRef: 'secret' }) }],
    ['TakesOverConfiguration', 'what Flotilla wrote', { present }],
    ['ImmutableField', 'what is as it was', { present }],
    ['ImmutableField', 'a scope in another case', { present: { shop: { namespace: 'shop', scope: 'Cluster' } } }],
    ['ImmutableField', 'what is removed', { change: REMOVE, present: elsewhere }],
    ['ImmutableField', 'what is suspended', { change: SUSPEND, present: elsewhere }],
    [
      'ImmutableField',
      'a namespace whose value is missing',
      { change: { configurations: [rawConfiguration({ namespace: '${cluster.tags.no}' })] }, present },
    ],
    ['ReplacesConfiguration', 'what is as it was', { change: replacing, present }],
    ['ReplacesConfiguration', 'what is not there', { change: replacing }],
    ['ConfigurationMissing', 'what is there', { change: SUSPEND, present }],
    ['ConfigurationMissing', 'what is created', { change: APPLY }],
    ['ConfigurationMissing', 'what is to be removed', { change: REMOVE }],
    ['ConfigurationMissing', 'what was not looked for', { change: SUSPEND, facts: { present: new Map() } }],
    [
      'ConfigurationsExist',
      'what the plan removes',
      { change: { ...REMOVE, ...REMOVE_EXTENSION }, present, facts: carries('shop') },
    ],
    ['ConfigurationsExist', 'what is not asked about', { change: REMOVE_EXTENSION }],
    [
      'ConfigurationsExist',
      'what the plan accepts',
      { change: { extension: { action: 'remove', evenWithConfigurations: true } }, facts: carries('infra') },
    ],
  ])('%s: %s', (_code, _what, situation) => {
    expect(codesOf(situation)).toEqual([]);
  });
});
