import { describe, expect, it } from 'vitest';
import { compileSelector, selectClusters } from '../../../src/core/fleet/select.ts';
import { Selector } from '../../../src/contracts/selector.ts';
import { cluster, SUBSCRIPTION_B } from '../clusters.ts';

const FLEET = [
  cluster('edge-1', { tags: { env: 'prod', ring: 'canary' } }),
  cluster('edge-2', { tags: { Env: 'prod', ring: 'main' }, location: 'northeurope' }),
  cluster('Edge-sandbox', { tags: { env: 'Prod' } }),
  cluster('aks-1', {
    type: 'managedClusters',
    subscriptionId: SUBSCRIPTION_B,
    resourceGroup: 'rg-aks',
    tags: { env: '' },
  }),
  cluster('hybrid-1', { type: 'provisionedClusters', resourceGroup: 'rg-aks' }),
];

function names(selector: unknown, exclude?: unknown): string[] {
  const parsed = exclude === undefined ? undefined : Selector.parse(exclude);
  return selectClusters(FLEET, Selector.parse(selector), parsed).map(({ name }) => name);
}

const ALL = FLEET.map(({ name }) => name);

describe('a selector', () => {
  it.each([
    ['nothing: the whole fleet', {}, ALL],
    ['an id', { ids: [FLEET[0]!.id] }, ['edge-1']],
    [
      '[selector.ids] an id in other case',
      { ids: [FLEET[0]!.id.toUpperCase().replace('/SUBSCRIPTIONS', '/subscriptions')] },
      ['edge-1'],
    ],
    ['a subscription', { subscriptions: [SUBSCRIPTION_B] }, ['aks-1']],
    [
      '[selector.subscriptions] a subscription in other case',
      { subscriptions: [SUBSCRIPTION_B.toUpperCase()] },
      ['aks-1'],
    ],
    ['[selector.resourceGroups] resource groups, without case', { resourceGroups: ['RG-AKS'] }, ['aks-1', 'hybrid-1']],
    ['a type', { types: ['managedClusters'] }, ['aks-1']],
    ['[selector.types] several types', { types: ['managedClusters', 'provisionedClusters'] }, ['aks-1', 'hybrid-1']],
    ['[selector.locations] a location, without case', { locations: ['NorthEurope'] }, ['edge-2']],
    ['a name', { names: ['edge-1'] }, ['edge-1']],
    ['[selector.names] a glob, without case', { names: ['EDGE-*'] }, ['edge-1', 'edge-2', 'Edge-sandbox']],
    ['a glob of one character', { names: ['edge-?'] }, ['edge-1', 'edge-2']],
    ['a glob of a set', { names: ['edge-[2-9]'] }, ['edge-2']],
    ['a glob of alternatives', { names: ['{aks,hybrid}-1'] }, ['aks-1', 'hybrid-1']],
    ['several globs', { names: ['aks-*', '*-2'] }, ['edge-2', 'aks-1']],
    ['fields joined by and', { names: ['edge-*'], locations: ['westeurope'] }, ['edge-1', 'Edge-sandbox']],
    ['a tag value, with case; its key, without', { tags: { ENV: 'prod' } }, ['edge-1', 'edge-2']],
    ['[selector.tags] one of several tag values', { tags: { ring: ['canary', 'main'] } }, ['edge-1', 'edge-2']],
    ['an empty tag value, which an absent tag is not', { tags: { env: '' } }, ['aks-1']],
    [
      'a tag that exists, with any value',
      { tags: { env: { exists: true } } },
      ['edge-1', 'edge-2', 'Edge-sandbox', 'aks-1'],
    ],
    ['a tag that does not exist', { tags: { env: { exists: false } } }, ['hybrid-1']],
    [
      'anything but a tag value, absent included',
      { tags: { env: { not: 'prod' } } },
      ['Edge-sandbox', 'aks-1', 'hybrid-1'],
    ],
    ['anything but several', { tags: { env: { not: ['prod', 'Prod'] } } }, ['aks-1', 'hybrid-1']],
    ['several tags joined by and', { tags: { env: 'prod', ring: 'main' } }, ['edge-2']],
    ['names of object members as tag keys', { tags: { constructor: { exists: true } } }, []],
  ])('of %s', (_what, selector, expected) => {
    expect(names(selector)).toEqual(expected);
  });

  it('does not take a name for a pattern of paths', () => {
    const dotted = cluster('.hidden');
    expect(compileSelector({ names: ['*'] })(dotted)).toBe(true);
    expect(compileSelector({ names: ['*.hidden'] })(dotted)).toBe(true);
  });

  it('of many names and globs takes whatever any of them takes', () => {
    expect(names({ names: ['AKS-1', '*-sandbox', 'none'] })).toEqual(['Edge-sandbox', 'aks-1']);
  });
});

describe('[selector.exclude] exclude', () => {
  it('takes away what the selector took', () => {
    expect(names({ names: ['edge-*'] }, { names: ['*-sandbox'] })).toEqual(['edge-1', 'edge-2']);
  });

  it('of nothing takes nothing away', () => {
    expect(names({}, {})).toEqual(ALL);
  });

  it('joins its fields by and as well', () => {
    expect(names({}, { names: ['edge-*'], tags: { ring: 'canary' } })).toEqual(ALL.slice(1));
  });
});
