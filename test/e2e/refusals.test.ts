import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { ProblemJson } from './support/api.ts';
import { sharedCloud, soundClusters } from './support/cloud.ts';
import { COMMIT_A, COMMIT_B, requestOf } from './support/requests.ts';

const shared = sharedCloud({
  speed: 40,
  fleet: { clusters: 12, brokenClusters: 0, offlineClusters: 0, extensionShare: 1 },
});

type Request = ReturnType<typeof good>;

/** A request without fault over the whole fleet; each case below spoils one thing. */
function good(name = 'good') {
  return requestOf({ name, commit: COMMIT_A, stages: [{ name: 'all' }] });
}

function spoilt(change: (request: Request) => unknown): unknown {
  const request = good();
  return change(request) ?? request;
}

function withKustomizations(kustomizations: object): unknown {
  return spoilt((request) => ({
    ...request,
    change: { configurations: [{ ...request.change.configurations[0], kustomizations }] },
  }));
}

function withRepository(gitRepository: object): unknown {
  return spoilt((request) => ({
    ...request,
    change: { configurations: [{ ...request.change.configurations[0], gitRepository }] },
  }));
}

function withStrategy(strategy: object): unknown {
  return spoilt((request) => ({ ...request, strategy: { ...request.strategy, ...strategy } }));
}

function withStage(stage: object): unknown {
  return withStrategy({ stages: [{ name: 'all', ...stage }] });
}

const url = 'https://github.com/fleet-example/apps';
const CONFIGURATION = 'change.configurations[0]';
const REF = `${CONFIGURATION}.gitRepository.repositoryRef`;
const INVALID = 'InvalidRolloutRequest';

/** What is sent → status, code, and the field that the first problem names. */
const BAD: readonly [string, unknown, number, string, string][] = [
  ['no object', [], 400, INVALID, ''],
  ['nothing', {}, 400, INVALID, 'name'],
  ['an unknown field', { ...good(), colour: 'blue' }, 400, INVALID, 'colour'],
  ['an unknown field deep inside', withStage({ soaks: '1m' }), 400, INVALID, 'strategy.stages[0].soaks'],
  ['a wrong type', { ...good(), name: 7 }, 400, INVALID, 'name'],
  ['a list for an object', { ...good(), target: [] }, 400, INVALID, 'target'],
  [
    'an empty selection',
    { ...good(), target: { selector: { names: ['nobody-*'] } } },
    400,
    'EmptySelection',
    'target.selector',
  ],
  [
    'an unknown cluster',
    { ...good(), target: { selector: { ids: [unknownCluster()] } } },
    400,
    'UnknownCluster',
    'target.selector.ids',
  ],
  [
    'clusters of no stage',
    withStage({ selector: { tags: { ring: 'canary' } } }),
    400,
    'UnmatchedClusters',
    'strategy.stages',
  ],
  [
    'two stages of one name',
    withStrategy({ stages: [{ name: 'all' }, { name: 'all' }] }),
    400,
    INVALID,
    'strategy.stages[1].name',
  ],
  ['no stage', withStrategy({ stages: [] }), 400, INVALID, 'strategy.stages'],
  ['no kustomization', withKustomizations({}), 400, INVALID, `${CONFIGURATION}.kustomizations`],
  [
    'dependsOn of nothing',
    withKustomizations({ a: { dependsOn: ['b'] } }),
    400,
    INVALID,
    `${CONFIGURATION}.kustomizations.a.dependsOn`,
  ],
  [
    'dependsOn in a circle',
    withKustomizations({ a: { dependsOn: ['b'] }, b: { dependsOn: ['a'] } }),
    400,
    INVALID,
    `${CONFIGURATION}.kustomizations.a.dependsOn`,
  ],
  ['a branch and a tag', withRepository({ url, repositoryRef: { branch: 'main', tag: 'v1' } }), 400, INVALID, REF],
  ['a commit without its branch', withRepository({ url, repositoryRef: { commit: COMMIT_A } }), 400, INVALID, REF],
  [
    'a short commit',
    withRepository({ url, repositoryRef: { branch: 'main', commit: 'abc123' } }),
    400,
    INVALID,
    `${REF}.commit`,
  ],
  [
    'a secret in the URL',
    withRepository({ url: 'https://me:pass@github.com/x/y', repositoryRef: { branch: 'main' } }),
    400,
    INVALID,
    `${CONFIGURATION}.gitRepository.url`,
  ],
  [
    'a secret in a field',
    withRepository({ url, repositoryRef: { branch: 'main' }, httpsKey: 'pass' }),
    400,
    INVALID,
    `${CONFIGURATION}.gitRepository.httpsKey`,
  ],
  ['a duration below a second', withStage({ soak: '500ms' }), 400, INVALID, 'strategy.stages[0].soak'],
  ['a negative duration', withStage({ soak: -5 }), 400, INVALID, 'strategy.stages[0].soak'],
  ['a duration with something behind it', withStage({ soak: '10mfoo' }), 400, INVALID, 'strategy.stages[0].soak'],
  ['no time to progress', withStrategy({ progressDeadline: '0s' }), 400, INVALID, 'strategy.progressDeadline'],
  ['no concurrency', withStrategy({ maxConcurrency: 0 }), 400, INVALID, 'strategy.maxConcurrency'],
  ['more than all clusters', withStrategy({ maxConcurrency: '101%' }), 400, INVALID, 'strategy.maxConcurrency'],
  ['more failures than clusters', withStrategy({ maxFailures: '250%' }), 400, INVALID, 'strategy.maxFailures'],
  [
    'an unknown expression',
    withKustomizations({ a: { path: './${cluster.colour}' } }),
    400,
    'UnknownExpression',
    'change.configurations',
  ],
  [
    'a tag that clusters lack',
    withKustomizations({ a: { path: './${cluster.tags.tier}' } }),
    400,
    'UnresolvedExpression',
    'change.configurations',
  ],
  ['what this release does not do', withStrategy({ onBreach: 'rollback' }), 400, INVALID, 'strategy.onBreach'],
];

const JSON_TYPE = { 'content-type': 'application/json' };
const YAML_TYPE = { 'content-type': 'application/yaml' };
const YAML_REQUEST = readFile(new URL('../../examples/podinfo.yaml', import.meta.url), 'utf8');

/** Raw bodies. */
const RAW: readonly [string, (yaml: string) => string, Record<string, string>, number, string, RegExp?][] = [
  ['no JSON', () => '{"name": ', JSON_TYPE, 400, 'InvalidJson'],
  ['no YAML', () => 'name: [', YAML_TYPE, 400, 'InvalidYaml'],
  [
    'one kustomization twice',
    (yaml) => yaml.replace('        app:\n', '        app: { path: ./a }\n        app:\n'),
    YAML_TYPE,
    400,
    'InvalidYaml',
    /keys must be unique/,
  ],
  ['2 MB', () => JSON.stringify({ ...good(), name: 'x'.repeat(2_000_000) }), JSON_TYPE, 413, 'BodyTooLarge'],
  ['no content type', (yaml) => yaml, { 'content-type': '' }, 415, 'UnsupportedContentType'],
  ['another content type', (yaml) => yaml, { 'content-type': 'text/plain' }, 415, 'UnsupportedContentType'],
  ['a hundred levels', () => `${'['.repeat(100)}${']'.repeat(100)}`, JSON_TYPE, 400, 'BodyTooDeep'],
];

describe('what cannot be a rollout is refused and leaves nothing behind', () => {
  test.for(BAD)('%s', async ([, request, status, code, field]) => {
    const answer = await shared.api.submit(request);
    expectProblem(answer, status, code);
    expect(answer.body.errors?.map((problem) => problem.field)).toContain(field);
    expect(JSON.stringify(answer.body)).not.toContain('pass@');
    // A dry run of it is refused in the same words.
    const dry = await shared.api.call<ProblemJson>('POST', '/rollouts?dryRun=true', request);
    expect({ ...dry.body, correlationId: '' }).toEqual({ ...answer.body, correlationId: '' });
  });

  test.for(RAW)('%s', async ([, body, headers, status, code, detail = /./]) => {
    const answer = await shared.api.submit(body(await YAML_REQUEST), headers);
    expectProblem(answer, status, code);
    expect(answer.body.detail).toMatch(detail);
  });

  test.for([
    ['GET', '/rollouts/01ARZ3NDEKTSV4RRFFQ69G5FAV', 404, 'RolloutNotFound'],
    ['GET', '/rollouts/no%2Fid/clusters', 404, 'RolloutNotFound'],
    ['GET', '/rollouts/x/events', 404, 'RolloutNotFound'],
    ['POST', '/rollouts/01ARZ3NDEKTSV4RRFFQ69G5FAV/pause', 404, 'RolloutNotFound'],
    ['POST', '/rollouts/01ARZ3NDEKTSV4RRFFQ69G5FAV/explode', 404, 'CommandNotFound'],
    ['GET', '/rollouts?limit=0', 400, 'InvalidQuery'],
    ['GET', '/rollouts?status=Lost', 400, 'InvalidQuery'],
    ['GET', '/clusters?limit=ten', 400, 'InvalidQuery'],
    ['POST', '/rollouts?dryRun=maybe', 400, 'InvalidQuery'],
  ] as const)('%s %s', async ([method, path, status, code]) => {
    expectProblem(await shared.api.call<ProblemJson>(method, path), status, code);
  });

  test('nothing of all that is in the list or was written to a cluster', async () => {
    expect(await shared.api.rollouts()).toEqual([]);
    expect(shared.cloud.azure.journal.writes).toEqual([]);
  });
});

describe('what stands against another rollout', () => {
  test('one key stands for one rollout, and only for that request', async () => {
    const { api, cloud } = shared;
    const request = requestOf({
      name: 'keyed',
      commit: COMMIT_A,
      stages: [{ name: 'all', ids: soundClusters(cloud).slice(0, 2) }],
    });
    const headers = { 'idempotency-key': 'once-only' };
    const answers = await Promise.all([1, 2, 3].map(() => api.submit(request, headers)));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    const again = await api.submit(request, headers);
    expect(again).toMatchObject({ status: 200, body: { id: answers[0]!.body.id } });
    expectProblem(await api.submit({ ...request, name: 'other' }, headers), 409, 'IdempotencyKeyReused');
    expectProblem(await api.submit(request, { 'idempotency-key': 'with space' }), 400, 'InvalidIdempotencyKey');
    expect(await api.rollouts()).toHaveLength(1);
    await api.until(answers[0]!.body.id, ({ endedAt }) => endedAt !== undefined);
  });

  test('a rollout over clusters of an active one is refused and told which; commands say where they fit', async () => {
    const { api, cloud } = shared;
    const ids = soundClusters(cloud);
    const gates = { before: { approval: {} } };
    const active = requestOf({
      name: 'first',
      commit: COMMIT_A,
      stages: [{ name: 'all', ids: ids.slice(0, 4), gates }],
    });
    const { id } = (await api.submit(active)).body;
    const overlapping = requestOf({ name: 'first', commit: COMMIT_B, stages: [{ name: 'all', ids: ids.slice(3, 6) }] });
    const refused = await api.submit(overlapping);
    expectProblem(refused, 409, 'OverlappingRollout');
    expect(refused.body.detail).toContain(id);
    expect(refused.body.detail.toLowerCase()).toContain(ids[3]!.toLowerCase());

    await api.untilStatus(id, 'WaitingForApproval');
    const resumed = await api.command(id, 'resume');
    expectProblem(resumed, 409, 'CommandNotAllowed');
    expect(resumed.body.detail).toMatch(/WaitingForApproval.*Paused, Halted/);
    const odd = await api.command(id, 'cancel', { because: 'typo' });
    expectProblem(odd, 400, 'InvalidCommand');
    expect(odd.body.errors).toMatchObject([{ field: 'because', code: 'UnknownField' }]);
    expect((await api.command(id, 'reject', { reason: 'not today' })).status).toBe(200);
    expect(await api.untilStatus(id, 'Cancelled')).toMatchObject({ status: 'Cancelled' });
    expectProblem(await api.command(id, 'cancel'), 409, 'CommandNotAllowed');
    // What has ended stands in nobody's way; of two that come at once one does.
    const race = await Promise.all([api.submit(overlapping), api.submit(overlapping)]);
    expect(race.map(({ status }) => status).sort()).toEqual([202, 409]);
  });
});

function expectProblem(
  answer: { status: number; headers: Headers; body: ProblemJson },
  status: number,
  code: string,
): void {
  expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code });
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.body).toMatchObject({ status, code, type: 'about:blank' });
  expect(answer.body.detail.length).toBeGreaterThan(10);
}

function unknownCluster(): string {
  const subscription = '/subscriptions/00000000-0000-4000-8000-000000000001';
  return `${subscription}/resourceGroups/rg/providers/Microsoft.Kubernetes/connectedClusters/nobody`;
}
