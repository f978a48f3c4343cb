import { describe, expect, it } from 'vitest';
import { Variables } from '../../../src/contracts/variables.ts';
import {
  compileVariables,
  findExpressions,
  isKnownExpression,
  resolveExpression,
  substitute,
  variableOf,
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
    expect(resolveExpression(expression, edge, compileVariables({}))).toBe(value);
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
    'variables',
    'variables.',
    'variable.path',
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

describe('variables', () => {
  const resolve = (variables: unknown, at = edge, name = 'v') =>
    resolveExpression(`variables.${name}`, at, compileVariables(Variables.parse(variables)));
  const canaries = { selector: { tags: { ring: 'canary' } }, value: 'for canaries' };
  const edges = { selector: { names: ['edge-*'] }, value: 'for edges' };
  const nobody = { selector: { names: ['nobody'] }, value: 'for nobody' };

  it('stand for their value', () => {
    expect(resolve({ v: 'x' })).toBe('x');
    expect(resolve({ v: { value: 'x' } })).toBe('x');
  });

  it.each([
    [8080, '8080'],
    [true, 'true'],
    ['', ''],
  ])('%j becomes text', (value, expected) => {
    expect(resolve({ v: value })).toBe(expected);
  });

  it('take the first override that selects the cluster', () => {
    expect(resolve({ v: { value: 'x', overrides: [nobody, canaries, edges] } })).toBe('for canaries');
    expect(resolve({ v: { value: 'x', overrides: [edges, canaries] } })).toBe('for edges');
  });

  it('fall back to the value, and have none where there is none', () => {
    expect(resolve({ v: { value: 'x', overrides: [nobody] } })).toBe('x');
    expect(resolve({ v: { overrides: [nobody] } })).toBeUndefined();
    expect(resolve({ v: { value: 'x', overrides: [canaries] } }, cluster('c'))).toBe('x');
  });

  it('may be empty where an override says so', () => {
    expect(resolve({ v: { value: 'x', overrides: [{ ...edges, value: '' }] } })).toBe('');
  });

  it.each(['w', 'constructor', '__proto__', 'toString'])('without a declaration of %s have no value', (name) => {
    expect(resolve({ v: 'x' }, edge, name)).toBeUndefined();
  });

  it('are told apart from what a cluster has', () => {
    expect(variableOf('variables.path')).toBe('path');
    expect(variableOf('cluster.tags.variables.path')).toBeUndefined();
    expect(isKnownExpression('variables.path')).toBe(true);
  });
});
