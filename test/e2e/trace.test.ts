import { beforeAll, describe, expect, test } from 'vitest';
import { traceOf } from '../../src/core/telemetry/rollout-trace.ts';
import { startOtlpReceiver, type ReceivedSpan } from '../adapters/telemetry/otlp-receiver.ts';
import { sharedCloud, soundClusters } from './support/cloud.ts';
import { COMMIT_A, requestOf } from './support/requests.ts';

const CLUSTERS = 6;
const SECRET = 'marked-secret-of-a-repository-4711';

const receiver = await startOtlpReceiver();
const shared = sharedCloud({
  speed: 60,
  fleet: { clusters: CLUSTERS, subscriptions: 1, brokenClusters: 0, offlineClusters: 0, extensionShare: 1 },
  settings: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
  secrets: { REPOSITORY_KEY: SECRET },
});

/** Two stages, and a secret that is sent to every cluster. */
function request(ids: readonly string[]) {
  const stages = [
    { name: 'canary', ids: ids.slice(0, 2), soak: '1m' },
    { name: 'rest', ids: ids.slice(2) },
  ];
  const { change, ...rest } = requestOf({ name: 'shop', stages, commit: COMMIT_A });
  const configurations = change.configurations.map((configuration) => ({
    ...configuration,
    gitRepository: { ...configuration.gitRepository, httpsUser: 'flux-reader' },
    configurationProtectedSettings: { httpsKey: 'env:REPOSITORY_KEY' },
  }));
  return { ...rest, change: { configurations } };
}

/** What a collector has once a rollout has ended and the local cloud is gone: the host ends its telemetry then. */
describe('the trace of a rollout', () => {
  let ids: readonly string[] = [];
  let rolloutId = '';
  let spans: readonly ReceivedSpan[] = [];
  let trace: readonly ReceivedSpan[] = [];

  beforeAll(async () => {
    const { api, cloud } = shared;
    ids = soundClusters(cloud);
    const { status, body } = await api.submit(request(ids));
    expect([status, body.errors]).toEqual([202, undefined]);
    rolloutId = body.id;
    const ended = await api.until(rolloutId, ({ endedAt }) => endedAt !== undefined);
    expect([ended.status, ended.clusters]).toEqual(['Succeeded', CLUSTERS]);
    expect(ended).toMatchObject({ traceId: traceOf(rolloutId)?.traceId });
    await cloud.stop();
    await receiver.stop();
    spans = receiver.spans();
    trace = spans.filter(({ traceId }) => traceId === traceOf(rolloutId)?.traceId);
  }, 120_000);

  const named = (...names: string[]) => trace.filter(({ name }) => names.includes(name));
  const root = (): ReceivedSpan => named('submit rollout')[0]!;

  test('is one tree, whose root is the rollout itself', () => {
    const byId = new Map(trace.map((span) => [span.spanId, span]));
    expect(byId.size).toBe(trace.length);
    expect(named('submit rollout')).toMatchObject([{ parentSpanId: '', ...traceOf(rolloutId) }]);
    const parentless = trace.filter(({ parentSpanId }) => !byId.has(parentSpanId));
    expect(parentless.map(({ name }) => name)).toEqual(['submit rollout']);
    // Nothing of it is in another trace.
    const about = spans.filter(({ attributes }) => attributes['flotilla.rollout.id'] === rolloutId);
    expect(new Set(about.map(({ traceId }) => traceId))).toEqual(new Set([traceOf(rolloutId)?.traceId]));
    const engine = spans.filter(({ name }) => name === 'advance-rollout' || name === 'run-operation');
    expect(engine.every((span) => trace.includes(span))).toBe(true);
  });

  test('leads from the request to the last cluster: every operation, with the write that it made and how it was answered', () => {
    const operations = named('run-operation');
    const ordinals = new Set(operations.map(({ attributes }) => attributes['flotilla.cluster.ordinal']));
    expect([...ordinals].sort()).toEqual(ids.map((_, ordinal) => ordinal));
    const engineRuns = named('advance-rollout');
    expect(engineRuns.length).toBeGreaterThan(1);
    for (const { kind, parentSpanId } of [...operations, ...engineRuns])
      expect({ kind, parentSpanId }).toEqual({ kind: 'consumer', parentSpanId: root().spanId });
    const puts = named('PUT fluxConfigurations');
    const taken = puts.filter(({ attributes }) => [200, 201].includes(Number(attributes['http.response.status_code'])));
    const written = new Set(taken.map(({ attributes }) => String(attributes['flotilla.cluster.id']).toLowerCase()));
    expect(written).toEqual(new Set(ids.map((id) => id.toLowerCase())));
    for (const { kind, parentSpanId } of puts) {
      expect(kind).toBe('client');
      expect(operations.map(({ spanId }) => spanId)).toContain(parentSpanId);
    }
  });

  test('and the trace of the request that asked for it know of each other', () => {
    const [post, ...others] = spans.filter(({ name }) => name === 'POST rollouts');
    expect(others).toEqual([]);
    expect(post).toMatchObject({ kind: 'server', attributes: { 'http.response.status_code': 202 } });
    const addressOf = ({ traceId, spanId }: ReceivedSpan) => ({ traceId, spanId });
    expect(root().links).toEqual([addressOf(post!)]);
    expect(post?.links).toEqual([addressOf(root())]);
    expect(post?.traceId).not.toBe(root().traceId);
  });

  test('comes with what was counted and measured on the way', () => {
    const last = new Map(receiver.metrics().map((metric) => [metric.name, metric]));
    const pointsOf = (name: string) =>
      last.get(name)?.points.map(({ attributes, value, count }) => ({ ...attributes, n: count ?? value }));
    expect(pointsOf('flotilla.rollouts.started')).toEqual([{ n: 1 }]);
    expect(pointsOf('flotilla.rollouts.ended')).toEqual([{ status: 'Succeeded', n: 1 }]);
    const clusters = pointsOf('flotilla.clusters.ended')!;
    expect(clusters.reduce((sum, { n }) => sum + n, 0)).toBe(CLUSTERS);
    expect(pointsOf('flotilla.stage.duration')).toEqual([
      { phase: 'Running', n: 2 },
      { phase: 'Soaking', n: 1 },
    ]);
    expect(pointsOf('flotilla.azure.requests')).toContainEqual(
      expect.objectContaining({ kind: 'write', status: '201' }),
    );
    const queues = pointsOf('flotilla.queue.age')!.map((point): unknown => Reflect.get(point, 'queue'));
    expect(queues).toEqual(expect.arrayContaining(['operations', 'rollouts']));
  });

  test('has no secret in it, and nothing else of what was sent', () => {
    const exported = receiver.requests.map(({ url, body }) => url + body).join('\n');
    const sent = JSON.stringify(shared.cloud.azure.journal.writes);
    expect([exported.length > 0, sent.includes('flux-reader')]).toEqual([true, true]);
    for (const form of [SECRET, Buffer.from(SECRET).toString('base64'), 'flux-reader', COMMIT_A, 'api-version'])
      expect([form, exported.includes(form)]).toEqual([form, false]);
  });
});
