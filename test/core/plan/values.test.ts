import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cluster } from '../../../src/contracts/cluster.ts';
import { PLAN_VALUES_CHARACTERS_MAX } from '../../../src/contracts/limits.ts';
import { RolloutRequest } from '../../../src/contracts/rollout-request.ts';
import { substitute } from '../../../src/core/flux/cluster-values.ts';
import { planValues, unusedVariables } from '../../../src/core/plan/values.ts';
import { cluster, COMMIT, rawConfiguration, rawRequest, request } from '../clusters.ts';

const DIGEST = `sha256:${'0'.repeat(64)}`;

/** A request that applies one configuration, changed as asked, with these variables. */
function asking(configuration: Record<string, unknown>, variables: Record<string, unknown> = {}): RolloutRequest {
  return request({ variables, change: { configurations: [rawConfiguration(configuration)] } });
}

function atPath(path: string, variables: Record<string, unknown> = {}): RolloutRequest {
  return asking({ kustomizations: { apps: { path } } }, variables);
}

function atBranch(branch: string, variables: Record<string, unknown>): RolloutRequest {
  return asking(
    { gitRepository: { url: 'https://git.example/shop', repositoryRef: { branch, commit: COMMIT } } },
    variables,
  );
}

function inOci(repositoryRef: Record<string, unknown>, variables: Record<string, unknown>): RolloutRequest {
  const { gitRepository: _, ...rest } = rawConfiguration();
  const ociRepository = { url: 'oci://registry.example/shop', repositoryRef };
  return request({
    variables,
    change: { configurations: [{ ...rest, sourceKind: 'OCIRepository', ociRepository }] },
  });
}

function editing(kustomization: Record<string, unknown>, variables: Record<string, unknown> = {}): RolloutRequest {
  const edit = { action: 'edit', name: 'shop', kustomizations: { apps: kustomization, gone: null } };
  return request({ variables, change: { configurations: [edit] } });
}

const problemsOf = (asked: RolloutRequest, clusters: readonly Cluster[] = [cluster('c')]) =>
  planValues(asked, clusters).problems;

const codes = (asked: RolloutRequest, clusters?: readonly Cluster[]) =>
  problemsOf(asked, clusters).map(({ field, code }) => `${field} ${code}`);

describe('values', () => {
  it('differ from cluster to cluster', () => {
    const canaries = { selector: { tags: { ring: 'canary' } }, value: 'canary' };
    const asked = atPath('./${variables.ring}/${cluster.name}', { ring: { value: 'main', overrides: [canaries] } });
    const fleet = [cluster('a', { tags: { ring: 'canary' } }), cluster('b')];
    const { problems, valuesOf } = planValues(asked, fleet);
    expect(problems).toEqual([]);
    expect(fleet.map(valuesOf)).toEqual([
      { 'variables.ring': 'canary', 'cluster.name': 'a' },
      { 'variables.ring': 'main', 'cluster.name': 'b' },
    ]);
  });

  it('are taken from paths and substitutes of edits too, and from nothing that is only suspended or removed', () => {
    const asked = editing(
      { path: './${variables.path}', postBuild: { substitute: { name: '${cluster.name}', kept: '$${literal}' } } },
      { path: 'x' },
    );
    const c = cluster('c');
    const { problems, valuesOf } = planValues(asked, [c]);
    expect(problems).toEqual([]);
    expect(valuesOf(c)).toEqual({ 'variables.path': 'x', 'cluster.name': 'c' });
    const others = request({
      change: {
        configurations: [
          { action: 'suspend', name: 'a' },
          { action: 'remove', name: 'b' },
        ],
      },
    });
    expect(planValues(others, [c]).valuesOf(c)).toEqual({});
  });
});

describe('expressions without a value', () => {
  it('of an undeclared variable: the declared ones are named', () => {
    expect(problemsOf(atPath('./${variables.pth}', { path: 'x', ring: 'y' }))).toMatchObject([
      {
        field: 'change.configurations',
        code: 'UnknownVariable',
        detail: expect.stringContaining('path, ring') as never,
      },
    ]);
    expect(problemsOf(atPath('./${variables.pth}'))).toMatchObject([
      { code: 'UnknownVariable', detail: expect.stringContaining('declares none') as never },
    ]);
  });

  it('on some clusters: the first ten of them are named', () => {
    const only = { overrides: [{ selector: { names: ['has-it'] }, value: 'x' }] };
    const fleet = [cluster('has-it'), ...Array.from({ length: 12 }, (_, n) => cluster(`lacks-${n}`))];
    const [problem, ...others] = problemsOf(atPath('./${variables.path}', { path: only }), fleet);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ field: 'variables.path', code: 'UnresolvedExpression' });
    expect(problem?.detail.match(/\/lacks-\d+/g)).toHaveLength(10);
    expect(problem?.detail).toContain('no value on 12 clusters');
    expect(problem?.detail).not.toContain('/has-it');
  });

  it('are told all at once', () => {
    expect(codes(atPath('./${HOME}/${variables.no}/${cluster.tags.no}'))).toEqual([
      'change.configurations UnknownExpression',
      'change.configurations UnknownVariable',
      'change.configurations UnresolvedExpression',
    ]);
  });
});

describe('what a value makes of a text', () => {
  const namespace = 'change.configurations[0].namespace InvalidNamespace';
  const branch = 'change.configurations[0].gitRepository.repositoryRef.branch InvalidRef';
  const path = 'change.configurations[0].kustomizations.apps.path InvalidPath';

  it.each([
    ['shop', []],
    ['a'.repeat(58), []],
    ['a'.repeat(59), [namespace]],
    ['Shop', [namespace]],
    ['a.b', [namespace]],
    ['-', [namespace]],
    ['', [namespace]],
    ['a\n', [namespace]],
  ])('has to be a namespace: %j', (value, expected) => {
    expect(codes(asking({ namespace: 'team-${variables.v}' }, { v: value }))).toEqual(expected);
  });

  it('has to be a namespace where only an escape stands, too', () => {
    expect(codes(asking({ namespace: 'a$${x}' }))).toEqual([namespace]);
  });

  it.each([
    ['main', []],
    ['release/1.2', []],
    ['a'.repeat(250), []],
    ['a'.repeat(251), [branch]],
    ['', [branch]],
    ['a b', [branch]],
    ['a\u0007', [branch]],
    ['a\n', [branch]],
  ])('has to be a branch: %j', (value, expected) => {
    expect(codes(atBranch('${variables.v}', { v: value }))).toEqual(expected);
  });

  it('has to be a tag or a range of an OCI source; a range may hold blanks', () => {
    const field = 'change.configurations[0].ociRepository.repositoryRef';
    expect(codes(inOci({ tag: '${variables.v}', digest: DIGEST }, { v: 'a b' }))).toEqual([`${field}.tag InvalidRef`]);
    expect(codes(inOci({ semver: '${variables.v}' }, { v: '>=1.0.0 <2.0.0' }))).toEqual([]);
    expect(codes(inOci({ semver: '${variables.v}' }, { v: '' }))).toEqual([`${field}.semver InvalidRef`]);
  });

  it.each([
    ['./apps/${variables.v}', 'eu', []],
    ['./apps/${variables.v}', 'eu/west', []],
    ['${variables.v}', './', []],
    ['./apps/${variables.v}', '..eu', []],
    ['../${variables.v}', 'eu', []],
    ['./apps/${variables.v}', '..', [path]],
    ['./apps/${variables.v}', 'eu/../../secrets', [path]],
    ['./apps/.${variables.v}/x', '.', [path]],
    ['./apps/..${variables.v}', '/x', [path]],
    ['../${variables.v}', '..', [path]],
    ['./apps/${variables.v}', '', [path]],
    ['${variables.v}', '', [path]],
    ['./apps/${variables.v}', 'a\u0000b', [path]],
    ['./apps/${variables.v}', 'a'.repeat(1020), [path]],
  ])('has to stay inside the repository: %j with %j', (template, value, expected) => {
    expect(codes(atPath(template, { v: value }))).toEqual(expected);
    expect(codes(editing({ path: template }, { v: value }))).toEqual(expected);
  });

  it('has to stay inside the repository whatever the value', () => {
    const parts = fc.array(fc.constantFrom('.', '..', '/', 'a', ''), { maxLength: 6 }).map((all) => all.join(''));
    const templates = fc.constantFrom(
      './x/${variables.v}',
      'x/.${variables.v}',
      '${variables.v}/x',
      'x${variables.v}.',
    );
    fc.assert(
      fc.property(templates, parts, (template, value) => {
        const [problem] = problemsOf(atPath(template, { v: value }));
        const rendered = substitute(template, { 'variables.v': value });
        const leaves = rendered.split('/').includes('..');
        if (leaves) expect(problem?.code).toBe('InvalidPath');
        if (problem === undefined) expect(leaves).toBe(false);
      }),
    );
  });

  it('names the clusters, the field, and what the first would get', () => {
    const fleet = ['a', 'b', 'c'].map((name) => cluster(name, { tags: { team: name === 'b' ? 'ok' : 'Not_Ok' } }));
    const [problem, ...others] = problemsOf(asking({ namespace: '${cluster.tags.team}' }), fleet);
    expect(others).toEqual([]);
    expect(problem?.detail).toMatch(
      /on 2 clusters: on the first it becomes 'Not_Ok', which is no namespace.*\/a, .*\/c\.$/,
    );
  });

  it('leaves texts without expressions to the contract', () => {
    expect(codes(atPath('../../x'))).toEqual([]);
    expect(codes(editing({ path: '' }))).toEqual([]);
  });
});

describe('all values together', () => {
  const fleet = Array.from({ length: PLAN_VALUES_CHARACTERS_MAX / 200_000 }, (_, n) => cluster(`c${n}`));
  const big = (characters: number) => {
    const names = Array.from({ length: 2 }, (_, n) => `v${n}`);
    const substitutes = Object.fromEntries(names.map((name) => [name, `\${variables.${name}}`]));
    const asked = editing(
      { postBuild: { substitute: substitutes } },
      Object.fromEntries(names.map((name) => [name, 'x'])),
    );
    // The contract lets no single value grow that long; the sum is what is tested.
    return {
      ...asked,
      variables: Object.fromEntries(names.map((name) => [name, { value: 'x'.repeat(characters), overrides: [] }])),
    };
  };

  it('have to fit', () => {
    expect(problemsOf(big(100_000), fleet)).toEqual([]);
    expect(problemsOf(big(100_001), fleet)).toMatchObject([{ field: 'variables', code: 'ValuesTooLarge' }]);
  });
});

describe('a variable that nothing uses', () => {
  it('is a warning that names it', () => {
    const asked = atPath('./${variables.path}', { path: 'x', pth: 'y', tag: 'z' });
    expect(unusedVariables(asked)).toMatchObject([
      { code: 'UnusedVariable', detail: expect.stringContaining('Variable pth ') as never },
      { code: 'UnusedVariable', detail: expect.stringContaining('Variable tag ') as never },
    ]);
    expect(unusedVariables(RolloutRequest.parse(rawRequest()))).toEqual([]);
  });

  it('is used where an edit uses it, and not where an escape stands', () => {
    expect(unusedVariables(editing({ path: './${variables.path}' }, { path: 'x' }))).toEqual([]);
    expect(unusedVariables(atPath('./$${variables.path}', { path: 'x' }))).toHaveLength(1);
  });
});
