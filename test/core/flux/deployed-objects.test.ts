import { describe, expect, it } from 'vitest';
import { deployedObjects } from '../../../src/core/flux/deployed-objects.ts';

const AT = '2026-01-01T00:00:00Z';
const ready = {
  type: 'Ready',
  status: 'False',
  reason: 'DependencyNotReady',
  message: 'waits',
  lastTransitionTime: AT,
};
const stored = {
  type: 'ArtifactInStorage',
  status: 'True',
  reason: 'Succeeded',
  message: 'ok',
  lastTransitionTime: AT,
};

const RESOURCE = {
  properties: {
    statuses: [
      {
        name: 'shop',
        namespace: 'ns',
        kind: 'OCIRepository',
        complianceState: 'Compliant',
        appliedBy: null,
        statusConditions: [stored],
      },
      {
        name: 'shop-apps',
        namespace: 'ns',
        kind: 'Kustomization',
        complianceState: null,
        statusConditions: [stored, ready],
      },
      {
        name: 'redis',
        namespace: 'data',
        kind: 'HelmRelease',
        complianceState: 'Pending',
        appliedBy: { name: 'shop-apps', namespace: 'ns' },
        statusConditions: null,
        helmReleaseProperties: {
          failureCount: 3,
          installFailureCount: 1,
          upgradeFailureCount: 2,
          lastRevisionApplied: null,
          helmChartRef: { name: 'data-redis', namespace: 'data' },
        },
      },
    ],
  },
};
const names = (filter: Parameters<typeof deployedObjects>[1]) =>
  deployedObjects(RESOURCE, filter).map(({ name }) => name);

describe('[api.deployedObjects] the objects of a configuration', () => {
  it('come with conditions, the readiness among them', () => {
    const since = Date.parse(AT);
    expect(deployedObjects(RESOURCE)[1]).toMatchObject({
      kind: 'Kustomization',
      namespace: 'ns',
      name: 'shop-apps',
      complianceState: undefined,
      ready: { status: 'False', reason: 'DependencyNotReady', message: 'waits', since },
      conditions: [{ type: 'ArtifactInStorage', since }, { type: 'Ready' }],
      appliedBy: undefined,
      helmRelease: undefined,
    });
  });

  it('[api.helmRelease] tell how often Helm failed and who applied them', () => {
    expect(deployedObjects(RESOURCE)[2]).toEqual({
      kind: 'HelmRelease',
      namespace: 'data',
      name: 'redis',
      complianceState: 'Pending',
      ready: undefined,
      conditions: undefined,
      appliedBy: { name: 'shop-apps', namespace: 'ns' },
      helmRelease: {
        failureCount: 3,
        installFailureCount: 1,
        upgradeFailureCount: 2,
        lastRevisionApplied: undefined,
        helmChartRef: { name: 'data-redis', namespace: 'data' },
      },
    });
  });

  it('keep apart: no conditions and conditions that Azure left out', () => {
    const conditionsOf = (statusConditions: unknown) =>
      deployedObjects({ properties: { statuses: [{ kind: 'Bucket', name: 'x', statusConditions }] } })[0]?.conditions;
    expect([conditionsOf([]), conditionsOf(null)]).toEqual([[], undefined]);
  });

  it.each([
    [{}, ['shop', 'shop-apps', 'redis']],
    [{ kind: 'ocirepository' }, ['shop']],
    [{ kind: 'HelmChart' }, []],
    [{ namespace: 'data' }, ['redis']],
    [{ namespace: 'Data' }, []],
    [{ name: 'shop' }, ['shop']],
    [{ kind: 'Kustomization', namespace: 'ns', name: 'shop-apps' }, ['shop-apps']],
    [{ kind: 'Kustomization', namespace: 'data', name: 'shop-apps' }, []],
  ])('[api.deployedObjectFilter] are found by %j', (filter, expected) => {
    expect(names(filter)).toEqual(expected);
  });

  it('are none before the agent has reported', () => {
    expect(deployedObjects({ properties: { statuses: null } })).toEqual([]);
    expect(deployedObjects({})).toEqual([]);
  });
});
