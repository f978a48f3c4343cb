import { describe, expect, it } from 'vitest';
import { Kustomization, KustomizationEdit } from '../../../src/contracts/flux/kustomization.ts';
import { kustomized, problemsOf } from './raw.ts';

const depending = (...edges: [string, unknown][]) =>
  kustomized(Object.fromEntries(edges.map(([name, dependsOn]) => [name, { dependsOn }])));
const building = (postBuild: unknown) => kustomized({ apps: { postBuild } });

describe('a kustomization', () => {
  it('[kustomization.wait] gets the defaults of the service', () => {
    expect(Kustomization.parse({})).toEqual({
      path: '',
      dependsOn: [],
      timeout: 600,
      syncInterval: 600,
      prune: false,
      force: false,
      wait: true,
    });
  });

  it.each(['prune', 'force', 'wait'])(
    '[kustomization.%s] [trap.booleans] is a boolean only: the CLI reads prune=false as true',
    (key) => {
      expect(problemsOf(kustomized({ apps: { [key]: 'false' } }))).toEqual([
        expect.stringMatching(new RegExp(`^kustomizations.apps.${key}: `)),
      ]);
      expect(Kustomization.parse({ [key]: false })).toMatchObject({ [key]: false });
      expect(Kustomization.parse({ [key]: true })).toMatchObject({ [key]: true });
    },
  );

  it.each(['timeout', 'syncInterval', 'retryInterval'])('[kustomization.%sInSeconds] takes a duration', (key) => {
    expect(Kustomization.parse({ [key]: '1h2m5s' })).toMatchObject({ [key]: 3725 });
    expect(Kustomization.parse({ [key]: 'PT10M' })).toMatchObject({ [key]: 600 });
  });

  it.each(['500ms', '30m1h', '10mfoo', '10m0.5s', '1h 5m', '0s', '', '-5m', '5M', ' 10m'])(
    '[trap.durations] %j, which the CLI misreads or refuses, is refused',
    (timeout) => {
      expect(problemsOf(kustomized({ apps: { timeout } }))).toEqual([
        expect.stringMatching(/^kustomizations\.apps\.timeout: is not a duration/),
      ]);
    },
  );

  it.each([
    ['1.5h', 5400],
    ['90', 90],
    [90, 90],
    ['1h', 3600],
    ['P1D', 86_400],
  ])('[trap.durations] %j, which Go or Azure would take, is %d seconds', (timeout, seconds) => {
    expect(Kustomization.parse({ timeout }).timeout).toBe(seconds);
  });

  it.each(['validation', 'interval', 'disable-health-check', 'depends_on'])('does not know %s', (key) => {
    expect(problemsOf(kustomized({ apps: { [key]: 'none' } }))).toEqual([expect.stringContaining(key)]);
  });

  it.each([
    ['infra', ['infra']],
    [' infra ', ['infra']],
    ['[infra]', ['infra']],
    ['["infra"]', ['infra']],
    ['["infra", "base"]', ['infra', 'base']],
    ["['infra']", ['infra']],
    ['infra, base', ['infra', 'base']],
    ['infra,base', ['infra', 'base']],
    ['[]', []],
    ['', []],
    [['infra'], ['infra']],
  ])('[kustomization.dependsOn] [trap.dependsOn] reads %j as %j', (dependsOn, names) => {
    expect(Kustomization.parse({ dependsOn }).dependsOn).toEqual(names);
  });

  it.each(['[infra', 'infra]', '["infra', 'a b', 'a,,b', 7, { infra: true }])(
    '[kustomization.dependsOn] refuses %j',
    (dependsOn) => {
      expect(Kustomization.safeParse({ dependsOn }).success).toBe(false);
    },
  );
});

describe('dependencies', () => {
  it('of one configuration are fine in any order', () => {
    expect(problemsOf(depending(['a', ['b', 'c']], ['b', ['c']], ['c', []]))).toEqual([]);
  });

  it.each([
    [
      'of kustomizations that are not there',
      depending(['a', ['nope', 'b']], ['b', 'neither']),
      ["kustomizations.a.dependsOn: names 'nope'", "kustomizations.b.dependsOn: names 'neither'"],
    ],
    ['on oneself', depending(['a', ['a']]), ['kustomizations.a.dependsOn: closes a circle: a → a']],
    [
      'in a circle',
      depending(['x', ['a']], ['a', ['b']], ['b', ['c']], ['c', ['a']]),
      ['kustomizations.a.dependsOn: closes a circle: a → b → c → a'],
    ],
    [
      'named twice',
      depending(['a', ['b', 'b']], ['b', []]),
      ['kustomizations.a.dependsOn: names a kustomization twice'],
    ],
  ])('[kustomization.dependsOn] [trap.dependsOn] %s are refused', (_what, raw, why) => {
    expect(problemsOf(raw)).toEqual(why.map((text) => expect.stringContaining(text) as string));
  });

  it('of a hundred kustomizations that all depend on each other forwards are judged at once', () => {
    const edges = Array.from({ length: 100 }, (_, n): [string, string[]] => [
      `k${n}`,
      Array.from({ length: 99 - n }, (_unused, more) => `k${n + more + 1}`),
    ]);
    expect(problemsOf(depending(...edges))).toEqual([]);
  });
});

describe('kustomizations of a configuration', () => {
  it('in a chain of ten thousand are counted and not followed', () => {
    const edges = Array.from({ length: 10_000 }, (_, n): [string, string[]] => [`k${n}`, [`k${n + 1}`]]);
    expect(problemsOf(depending(...edges))).toEqual([expect.stringContaining('has 10000 kustomizations')]);
  });

  it.each([
    ['none: the service wants one', {}, 'kustomizations: needs at least one kustomization'],
    [
      'too many',
      Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`k${n}`, {}])),
      'kustomizations: has 101 kustomizations',
    ],
    ['[kustomization.name] one without a name', { '': {} }, 'kustomizations.: Invalid key'],
    ['[kustomization.name] one with a name that is none', { 'A b': {} }, 'kustomizations.A b: Invalid key'],
  ])('%s is refused', (_what, kustomizations, why) => {
    expect(problemsOf(kustomized(kustomizations))).toEqual([expect.stringContaining(why)]);
  });
});

describe('variables after the build', () => {
  it.each([
    ['[kustomization.postBuild.substitute] texts', { substitute: { cluster_env: 'prod', _x1: '' } }],
    ['[kustomization.postBuild.substitute] values of the cluster', { substitute: { ring: '${cluster.tags.ring}' } }],
    [
      '[kustomization.postBuild.substituteFrom] maps and secrets of the cluster',
      {
        substituteFrom: [
          { kind: 'ConfigMap', name: 'a', optional: true },
          { kind: 'Secret', name: 'b.c' },
        ],
      },
    ],
    ['nothing', {}],
  ])('take %s', (_what, postBuild) => {
    expect(problemsOf(building(postBuild))).toEqual([]);
  });

  it.each([
    [
      '[kustomization.postBuild.substitute] numbers',
      { substitute: { replicas: 2 } },
      'substitute.replicas: must be text',
    ],
    ['[kustomization.postBuild.substitute] booleans', { substitute: { on: true } }, 'substitute.on: must be text'],
    ['[kustomization.postBuild.substitute] other names', { substitute: { 'a-b': 'x' } }, 'substitute.a-b: '],
    [
      '[kustomization.postBuild.substituteFrom] other kinds',
      { substituteFrom: [{ kind: 'Pod', name: 'a' }] },
      '0.kind: ',
    ],
    ['[kustomization.postBuild.substituteFrom] no name', { substituteFrom: [{ kind: 'Secret' }] }, '0.name: '],
    [
      '[kustomization.postBuild.substituteFrom] texts for booleans',
      { substituteFrom: [{ kind: 'Secret', name: 'a', optional: 'true' }] },
      '0.optional: ',
    ],
  ])('do not take %s', (_what, postBuild, why) => {
    expect(problemsOf(building(postBuild))).toEqual([expect.stringContaining(why)]);
  });

  it('are optional only where the plan says so', () => {
    expect(Kustomization.parse({ postBuild: { substituteFrom: [{ kind: 'Secret', name: 'a' }] } }).postBuild).toEqual({
      substituteFrom: [{ kind: 'Secret', name: 'a', optional: false }],
    });
  });
});

describe('an edit of a kustomization', () => {
  it('[trap.wait] holds only what is named: nothing is reset', () => {
    expect(KustomizationEdit.parse({ prune: true })).toEqual({ prune: true });
    expect(KustomizationEdit.parse({})).toEqual({});
  });

  it('takes fields away with null where the service can do without them', () => {
    const nothing = { retryInterval: null, postBuild: null };
    expect(KustomizationEdit.parse(nothing)).toEqual(nothing);
    expect(KustomizationEdit.safeParse({ path: null }).success).toBe(false);
    expect(KustomizationEdit.safeParse({ prune: 'false' }).success).toBe(false);
  });
});
