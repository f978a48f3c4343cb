import { describe, expect, it } from 'vitest';
import { SUBSCRIPTION_A } from '../../clusters.ts';
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

const ensure = (extension: Record<string, unknown> = {}) => ({ extension: { action: 'ensure', ...extension } });
const runs = (extensionVersion: string) => ({ extensionVersion }) as const;
const present = { shop: shopIsThere.shop };

it.each<[title: string, severity: 'block' | 'warn', situation: Situation, detail: RegExp]>([
  [
    '[preflight.FluxV1Present] a configuration to apply',
    'block',
    { cluster: { fluxV1: true } },
    new RegExp(
      `change\\.fluxV1: remove.*az k8s-configuration list --cluster-name c --cluster-type connectedClusters --resource-group rg-Fleet --subscription ${SUBSCRIPTION_A}$`,
    ),
  ],
  [
    '[preflight.FluxV1Present] an extension to install on AKS hybrid',
    'block',
    { cluster: { ...hybrid, fluxV1: true }, change: ensure() },
    /--cluster-type provisionedClusters --cluster-resource-provider microsoft\.hybridcontainerservice --/,
  ],
  [
    '[preflight.ExtensionMissing] a suspension',
    'block',
    { cluster: { extension: 'Missing' }, change: SUSPEND, present },
    /action: ensure/,
  ],
  [
    '[preflight.ExtensionMissing] an edit',
    'block',
    { cluster: { extension: 'Missing' }, change: EDIT, present },
    /action: ensure/,
  ],
  [
    '[preflight.ExtensionMissing] a removal',
    'warn',
    { cluster: { extension: 'Missing' }, change: REMOVE, present },
    /force: true/,
  ],
  [
    '[preflight.ExtensionFailed] a configuration to apply',
    'block',
    { cluster: { extension: 'Failed' } },
    /repair: rewrite.*repair: recreate/,
  ],
  [
    '[preflight.ExtensionFailed] an extension to see to',
    'block',
    { cluster: { extension: 'Failed' }, change: ensure() },
    /repair/,
  ],
  [
    '[preflight.ExtensionFailed] an edit',
    'block',
    { cluster: { extension: 'Failed' }, change: EDIT, present },
    /repair/,
  ],
  [
    '[preflight.ExtensionBusy] a configuration to apply',
    'warn',
    { cluster: { extension: 'Busy' } },
    /wait for the end/,
  ],
  [
    '[preflight.ExtensionBusy] an extension to remove',
    'warn',
    { cluster: { extension: 'Busy' }, change: REMOVE_EXTENSION },
    /wait/,
  ],
  [
    '[preflight.ExtensionOutdated] three minor versions behind the newest',
    'warn',
    { cluster: runs('1.21.9') },
    /is 1\.21\.9; Azure supports 1\.22 and later \(newest: 1\.24\)/,
  ],
  ['[preflight.ExtensionOutdated] another major version', 'warn', { cluster: runs('0.99.0') }, /supports 1\.22/],
  [
    '[preflight.ExtensionOutdated] a pin to an old version',
    'warn',
    { cluster: { extension: 'Missing' }, change: ensure({ version: '1.20.4' }) },
    /The plan pins microsoft\.flux to 1\.20\.4;/,
  ],
  [
    '[preflight.UpgradePathTooLong] 1.20 to 1.23',
    'block',
    { cluster: runs('1.20.4'), change: ensure({ version: '1.23.0' }) },
    /runs microsoft\.flux 1\.20\.4, from which 1\.23\.0 .*1\.22 version first/,
  ],
  [
    '[preflight.UpgradePathTooLong] 1.7 to 1.24',
    'block',
    { cluster: runs('1.7.5'), change: ensure({ version: '1.24.1' }) },
    /1\.22/,
  ],
  [
    '[preflight.UseKubeletIdentityNotOnArc] an Arc cluster',
    'block',
    { change: ensure({ configurationSettings: { useKubeletIdentity: true } }) },
    /AKS only/,
  ],
  [
    '[preflight.UseKubeletIdentityNotOnArc] AKS hybrid',
    'block',
    { cluster: hybrid, change: ensure({ configurationSettings: { useKubeletIdentity: 'true' } }) },
    /AKS only/,
  ],
  [
    '[preflight.OpenShiftNeedsScc] all six controllers',
    'warn',
    { cluster: { extension: 'Missing', distribution: 'openshift' } },
    new RegExp(
      ['kustomize', 'helm', 'source', 'notification', 'image-automation', 'image-reflector']
        .map((name) => `\\noc adm policy add-scc-to-user nonroot system:serviceaccount:flux-system:${name}-controller`)
        .join('') + '$',
    ),
  ],
])('%s', (title, severity, situation, detail) => {
  const code = codeIn(title);
  const found = find(situation).filter((finding) => finding.code === code);
  expect(found).toMatchObject([{ code, severity, clusterId: expect.stringMatching(/\/c$/) as never }]);
  expect(found[0]?.detail).toMatch(detail);
});

const outdated = 'warn ExtensionOutdated';

describe('does not find', () => {
  it.each<[code: string, what: string, situation: Situation, others?: string[]]>([
    ['FluxV1Present', 'what the change removes', { cluster: { fluxV1: true }, change: { ...APPLY, fluxV1: 'remove' } }],
    ['FluxV1Present', 'a change that needs no extension', { cluster: { fluxV1: true }, change: REMOVE, present }],
    [
      'ExtensionMissing',
      'what the change installs',
      { cluster: { extension: 'Missing' }, change: { ...EDIT, ...ensure() }, present },
    ],
    [
      'ExtensionMissing',
      'more where the configuration is missing, too',
      { cluster: { extension: 'Missing' }, change: SUSPEND },
      ['block ConfigurationMissing'],
    ],
    [
      'ExtensionMissing',
      'a forced removal',
      {
        cluster: { extension: 'Missing' },
        change: { configurations: [{ action: 'remove', name: 'shop', force: true }] },
        present,
      },
    ],
    [
      'ExtensionMissing',
      'an extension that goes anyway',
      { cluster: { extension: 'Missing' }, change: { ...REMOVE, ...REMOVE_EXTENSION }, present },
    ],
    [
      'ExtensionFailed',
      'what is installed over',
      { cluster: { extension: 'Failed' }, change: ensure({ repair: 'rewrite' }) },
    ],
    [
      'ExtensionFailed',
      'what is installed anew',
      { cluster: { extension: 'Failed' }, change: { ...APPLY, ...ensure({ repair: 'recreate' }) } },
    ],
    ['ExtensionFailed', 'what goes', { cluster: { extension: 'Failed' }, change: REMOVE_EXTENSION }],
    ['ExtensionBusy', 'a change that leaves it alone', { cluster: { extension: 'Busy' }, change: REMOVE, present }],
    ['ExtensionOutdated', 'two minor versions behind', { cluster: runs('1.22.0') }],
    ['ExtensionOutdated', 'ahead', { cluster: runs('1.99.0') }],
    ['ExtensionOutdated', 'a version that cannot be read', { cluster: runs('latest') }],
    [
      'ExtensionOutdated',
      'what the plan brings up to date',
      { cluster: runs('1.21.0'), change: ensure({ version: '1.24.1' }) },
    ],
    ['ExtensionOutdated', 'what goes', { cluster: runs('1.7.0'), change: REMOVE_EXTENSION }],
    ['UpgradePathTooLong', '1.21 to 1.23', { cluster: runs('1.21.0'), change: ensure({ version: '1.23.0' }) }],
    ['UpgradePathTooLong', '1.20 to 1.22', { cluster: runs('1.20.4'), change: ensure({ version: '1.22.1' }) }],
    ['UpgradePathTooLong', 'no pin', { cluster: runs('1.20.4'), change: ensure() }, [outdated]],
    [
      'UpgradePathTooLong',
      'a new installation',
      { cluster: { extension: 'Missing' }, change: ensure({ version: '1.23.0' }) },
    ],
    [
      'UseKubeletIdentityNotOnArc',
      'AKS',
      { cluster: aks, change: ensure({ configurationSettings: { useKubeletIdentity: true } }) },
    ],
    [
      'UseKubeletIdentityNotOnArc',
      'false',
      { change: ensure({ configurationSettings: { useKubeletIdentity: false } }) },
    ],
    ['OpenShiftNeedsScc', 'what runs already', { cluster: { distribution: 'openshift' } }],
    ['OpenShiftNeedsScc', 'another distribution', { cluster: { extension: 'Missing', distribution: 'k3s' } }],
    [
      'OpenShiftNeedsScc',
      'nothing to install',
      { cluster: { extension: 'Missing', distribution: 'openshift' }, change: { fluxV1: 'remove' } },
    ],
  ])('%s: %s', (_code, _what, situation, others = []) => {
    expect(codesOf(situation)).toEqual(others);
  });
});
