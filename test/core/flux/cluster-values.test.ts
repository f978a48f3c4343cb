import { describe, expect, it } from 'vitest';
import {
  findExpressions,
  isKnownExpression,
  resolveExpression,
  substitute,
} from '../../../src/core/flux/cluster-values.ts';
import { cluster, SUBSCRIPTION_A } from '../clusters.ts';

const edge = cluster('edge-1', { tags: { Ring: 'canary', 'cost.center': '7', empty: '' } });

describe('expressions', () => {
  it('are found once each, escapes left out', () => {
    const texts = ['./${cluster.name}/${cluster.tags.ring}', './${cluster.name}', './$${HOME}', './plain/$x/{y}'];
    expect(findExpressions(texts)).toEqual(['cluster.name', 'cluster.tags.ring']);
  });

  it.each([
    ['cluster.name', 'edge-1'],
    ['cluster.location', 'westeurope'],
    ['cluster.resourceGroup', 'rg-Fleet'],
    ['cluster.subscriptionId', SUBSCRIPTION_A],
    ['cluster.type', 'connectedClusters'],
    ['cluster.tags.ring', 'canary'],
    ['cluster.tags.RING', 'canary'],
    ['cluster.tags.cost.center', '7'],
    ['cluster.tags.empty', ''],
    ['cluster.tags.absent', undefined],
    ['cluster.id', undefined],
    ['cluster.__proto__', undefined],
    ['cluster.tags.constructor', undefined],
  ])('%s is %s', (expression, value) => {
    expect(resolveExpression(expression, edge)).toBe(value);
  });

  it.each([
    'cluster',
    'cluster.',
    'cluster.tags',
    'cluster.tags.',
    'cluster.Name',
    'clusters.name',
    '',
    'x.cluster.name',
  ])('%j is unknown', (expression) => {
    expect(isKnownExpression(expression)).toBe(false);
  });

  it('are put in everywhere, and what they stand for is not read again', () => {
    const values = { 'cluster.name': '${cluster.location}', 'cluster.location': 'weu' };
    expect(substitute('${cluster.name}-${cluster.location}-${cluster.location}-$${x}', values)).toBe(
      '${cluster.location}-weu-weu-${x}',
    );
  });

  it('without a value are a bug, not an empty text', () => {
    expect(() => substitute('${cluster.name}', {})).toThrow('no value for ${cluster.name}');
  });
});
