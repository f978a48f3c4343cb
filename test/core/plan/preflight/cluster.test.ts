import { describe, expect, it } from 'vitest';
import { SUBSCRIPTION_A } from '../../clusters.ts';
import { aks, APPLY, codeIn, codesOf, find, hybrid, registration, SUSPEND, type Situation } from './support.ts';

const FLUX = 'Microsoft.KubernetesConfiguration';

it.each<[title: string, severity: 'block' | 'warn', situation: Situation, detail: RegExp]>([
  [
    '[preflight.ProviderNotRegistered] [trap.registration] the provider of extensions',
    'block',
    { facts: registration(FLUX, { state: 'NotRegistered', locations: {} }) },
    new RegExp(`az provider register --namespace ${FLUX} --subscription ${SUBSCRIPTION_A}$`),
  ],
  [
    '[preflight.ProviderNotRegistered] the provider of Arc clusters',
    'block',
    { facts: registration('Microsoft.Kubernetes', { state: 'Unregistered', locations: {} }) },
    /az provider register --namespace Microsoft\.Kubernetes --/,
  ],
  [
    '[preflight.ProviderNotRegistered] the provider of AKS clusters',
    'block',
    { cluster: aks, facts: registration('Microsoft.ContainerService', { state: 'Unregistering', locations: {} }) },
    /az provider register --namespace Microsoft\.ContainerService --/,
  ],
  [
    '[preflight.ProviderNotRegistered] a registration under way',
    'warn',
    { facts: registration(FLUX, { state: 'Registering', locations: {} }) },
    /up to 10 minutes/,
  ],
  [
    '[preflight.ProviderUnknown] a registration that cannot be read',
    'warn',
    { facts: registration(FLUX, { unreadable: 'You may not.' }) },
    /az provider show --namespace .*The reason: You may not\.$/,
  ],
  [
    '[preflight.RegionNotSupported] a region without extensions',
    'warn',
    { facts: registration(FLUX, { state: 'Registered', locations: { extensions: ['eastus'] } }) },
    /westeurope is not among the regions .* for extensions;/,
  ],
  [
    '[preflight.RegionNotSupported] a region without configurations',
    'warn',
    {
      change: SUSPEND,
      present: { shop: {} },
      facts: registration(FLUX, {
        state: 'Registered',
        locations: { extensions: ['eastus'], fluxconfigurations: ['eastus'] },
      }),
    },
    /for fluxConfigurations;/,
  ],
  [
    '[preflight.ClusterNotReady] a cluster that is deleted',
    'block',
    { cluster: { provisioningState: 'Deleting' } },
    /Exclude it/,
  ],
  [
    '[preflight.ClusterNotReady] a cluster that is made',
    'block',
    { cluster: { provisioningState: 'Creating' } },
    /when it is ready/,
  ],
  [
    '[preflight.ClusterNotReady] a failed cluster',
    'warn',
    { cluster: { provisioningState: 'Failed' } },
    /az resource show --ids \/subscriptions/,
  ],
  [
    '[preflight.ClusterNotReady] a cluster being upgraded',
    'warn',
    { cluster: { ...aks, provisioningState: 'Upgrading' } },
    /Upgrading/,
  ],
  [
    '[preflight.ClusterOffline] since when, and that it is waited for',
    'warn',
    {
      cluster: { offline: true, connectivity: 'Offline', lastConnectedAt: Date.UTC(2026, 0, 2, 3, 4, 5) },
      target: { deferFor: '36h' },
    },
    /since 2026-01-02T03:04:05\.000Z \(Offline\).* waits for it, for up to 36h .*48 hours/,
  ],
  [
    '[preflight.ClusterOffline] one that is skipped',
    'warn',
    { cluster: { offline: true, connectivity: 'Expired' }, target: { offline: 'skip' } },
    /for an unknown time \(Expired\).*skips it/,
  ],
  [
    '[preflight.ClusterOffline] one that counts as a failure',
    'warn',
    { cluster: { ...hybrid, offline: true }, target: { offline: 'fail' } },
    /counts it as a failure/,
  ],
  [
    '[preflight.ClusterStopped] an AKS cluster',
    'warn',
    { cluster: { ...aks, offline: true, connectivity: 'Stopped', resourceGroup: 'rg(x)' } },
    new RegExp(`Stopped.*az aks start --name c --resource-group 'rg\\(x\\)' --subscription ${SUBSCRIPTION_A}$`),
  ],
  [
    '[preflight.NoManagedIdentity] a service principal',
    'block',
    { cluster: { type: 'managedClusters' } },
    /az aks update --name c --resource-group rg-Fleet --subscription \S+ --enable-managed-identity$/,
  ],
  [
    '[preflight.NoManagedIdentity] identity type None',
    'block',
    { cluster: { ...aks, identityType: 'None' } },
    /az aks update/,
  ],
  ['[preflight.TypePreview] AKS hybrid', 'warn', { cluster: hybrid }, /preview/],
])('%s', (title, severity, situation, detail) => {
  const code = codeIn(title);
  const found = find(situation).filter((finding) => finding.code === code);
  expect(found).toMatchObject([{ code, severity, clusterId: expect.stringMatching(/\/c$/) as never }]);
  expect(found[0]?.detail).toMatch(detail);
});

describe('nothing is found', () => {
  it.each<[string, Situation]>([
    ['on a healthy Arc cluster', {}],
    ['on a healthy AKS cluster', { cluster: aks }],
    ['where the extension is to be installed', { cluster: { extension: 'Missing' } }],
    ['on a cluster that says its state in another case', { cluster: { provisioningState: 'succeeded' } }],
    ['on AKS with an identity of its own', { cluster: { ...aks, identityType: 'UserAssigned' } }],
    [
      'where a service principal is only suspended',
      { cluster: { type: 'managedClusters' }, change: SUSPEND, present: { shop: {} } },
    ],
    ['where providers were not looked at', { facts: { registrations: new Map() } }],
    [
      'where the provider names no regions',
      { facts: registration(FLUX, { state: 'Registered', locations: { extensions: [] } }) },
    ],
    [
      'where the provider names the region',
      {
        cluster: { location: 'West Europe' },
        facts: registration(FLUX, {
          state: 'registered',
          locations: { extensions: ['westeurope'], fluxconfigurations: ['westeurope'] },
        }),
      },
    ],
    [
      'in a region without extensions when none is installed',
      {
        change: SUSPEND,
        present: { shop: {} },
        facts: registration(FLUX, { state: 'Registered', locations: { extensions: ['eastus'] } }),
      },
    ],
    [
      'by the registration of another type of cluster',
      { facts: registration('Microsoft.ContainerService', { state: 'NotRegistered', locations: {} }) },
    ],
  ])('%s', (_what, situation) => {
    expect(codesOf(situation)).toEqual([]);
  });
});

it('the most fundamental comes first', () => {
  const situation = {
    change: APPLY,
    cluster: {
      ...aks,
      identityType: 'None',
      fluxV1: true,
      provisioningState: 'Deleting',
      extension: 'Missing',
    } as const,
    facts: registration(FLUX, { state: 'NotRegistered', locations: {} }),
  };
  expect(codesOf(situation)).toEqual([
    'block ProviderNotRegistered',
    'block ClusterNotReady',
    'block NoManagedIdentity',
    'block FluxV1Present',
  ]);
});
