import { describe, expect, it } from 'vitest';
import { RolloutRequest } from '../../../src/contracts/rollout-request.ts';
import { correctionRequest } from '../../../src/core/bindings/correction-request.ts';
import { cluster, rawConfiguration, request } from '../clusters.ts';

const [C0, C1] = [cluster('c0').id, cluster('c1').id];
const strategy = { maxConcurrency: '10%', maxFailures: 2 };

const baseline = request({
  target: { selector: { tags: { env: 'prod' } }, exclude: { names: ['c9'] }, offline: 'fail', unmatched: 'lastStage' },
  variables: { team: 'a' },
  policy: { onFight: 'fail' },
  change: {
    fluxV1: 'remove',
    extension: { version: '1.2.3' },
    configurations: [
      rawConfiguration(),
      rawConfiguration({ name: 'second', namespace: 'second' }),
      { action: 'remove', name: 'third' },
    ],
  },
  strategy: {
    maxConcurrency: 50,
    progressDeadline: '20m',
    stages: [{ name: 'one', soak: '1h', gates: { before: { approval: {} } } }],
  },
});
// In the order of actions: remove Flux v1, the extension, shop, second, third.
const narrowed = (actions: number[], clusterIds = [C0, C1]) =>
  correctionRequest('keep', baseline, { baseline: { rolloutId: 'R', actions }, strategy }, clusterIds);

describe('the request of a correction', () => {
  it('is one that a person could have sent', () => {
    expect(RolloutRequest.parse(narrowed([2]))).toEqual(narrowed([2]));
  });

  it('is over these clusters and no others, one of them first, without gates and soak', () => {
    expect(narrowed([2])).toMatchObject({
      name: 'drift-keep',
      target: { selector: { ids: [C0, C1] }, offline: 'skip', blocked: 'skip', unmatched: 'error' },
      variables: { team: { value: 'a' } },
      policy: { onFight: 'fail' },
    });
    expect(narrowed([2]).target.exclude).toBeUndefined();
    expect(narrowed([2]).strategy).toEqual({
      maxConcurrency: '10%',
      maxFailures: 2,
      onBreach: 'halt',
      progressDeadline: 1200,
      stages: [
        { name: 'canary', selector: { ids: [C0] }, soak: 0, gates: {} },
        { name: 'rest', soak: 0, gates: {} },
      ],
    });
    expect(narrowed([2], [C1]).strategy.stages.map(({ name }) => name)).toEqual(['canary']);
  });

  it.each<[string, number[], string[], boolean]>([
    ['one configuration', [2], ['shop'], false],
    ['two of them', [2, 3], ['shop', 'second'], false],
    ['a removal', [4], ['third'], false],
    ['the extension', [1], [], true],
    ['the extension and a configuration', [1, 3], ['second'], true],
  ])('changes %s', (_what, actions, names, hasExtension) => {
    const { change } = narrowed(actions);
    expect(change.fluxV1).toBe('keep');
    expect(change.configurations.map(({ name }) => name)).toEqual(names);
    expect(change.extension).toEqual(hasExtension ? { ...baseline.change.extension, repair: 'rewrite' } : undefined);
  });
});
