import { describe, expect, it } from 'vitest';
import { ClusterId, clusterKey, parseClusterId } from '../../src/contracts/cluster-id.ts';
import { Selector } from '../../src/contracts/selector.ts';

const SUBSCRIPTION = '00000000-0000-4000-a000-000000000001';
const id = (rest: string): string => `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/${rest}`;
const ARC = id('Microsoft.Kubernetes/connectedClusters/edge-1');

describe('a cluster id', () => {
  it.each([
    ['Arc', ARC, 'connectedClusters'],
    ['AKS', id('Microsoft.ContainerService/managedClusters/aks-1'), 'managedClusters'],
    [
      '[cluster.provider] AKS hybrid',
      id('Microsoft.HybridContainerService/provisionedClusters/h-1'),
      'provisionedClusters',
    ],
    ['in capitals', ARC.toUpperCase(), 'connectedClusters'],
  ])('of %s is one', (_what, text, type) => {
    expect(parseClusterId(text)).toMatchObject({ type, subscriptionId: SUBSCRIPTION });
    expect(ClusterId.parse(text)).toBe(text);
  });

  it.each([
    '',
    'edge-1',
    `${ARC}/`,
    `${ARC}/providers/x`,
    ` ${ARC}`,
    id('Microsoft.ContainerService/connectedClusters/wrong-provider'),
    id('Microsoft.Compute/virtualMachines/vm'),
    ARC.replace(SUBSCRIPTION, 'not-a-guid'),
    ARC.replace('edge-1', 'a/../b'),
  ])('is not %j', (text) => {
    expect(ClusterId.safeParse(text).error?.issues[0]?.message).toContain('az resource show');
  });

  it('is compared without case', () => {
    expect(clusterKey(ARC.toUpperCase())).toBe(clusterKey(ARC));
  });
});

describe('a selector', () => {
  it.each([
    {},
    { ids: [ARC] },
    { subscriptions: [SUBSCRIPTION], types: ['managedClusters'], names: ['a-*'] },
    { tags: { env: 'prod', ring: ['a', 'b'], x: { exists: true }, y: { not: 'z' }, w: { not: ['a', 'b'] } } },
  ])('is %j', (selector) => {
    expect(Selector.parse(selector)).toEqual(selector);
  });

  it.each([
    { ids: [] },
    { ids: ['edge-1'] },
    { subscriptions: ['prod'] },
    { types: ['virtualMachines'] },
    { names: [''] },
    { names: ['x'.repeat(129)] },
    { tags: { env: {} } },
    { tags: { env: { exists: 'yes' } } },
    { tags: { env: { exists: true, not: 'x' } } },
    { tags: { env: [] } },
    { tags: { env: 5 } },
    { tags: { '': 'x' } },
    { region: ['westeurope'] },
    { names: Array.from({ length: 1001 }, (_, n) => `c${n}`) },
    [],
    null,
  ])('is not %j', (selector) => {
    expect(Selector.safeParse(selector).success).toBe(false);
  });
});
