import { expect, it } from 'vitest';
import { ClusterReport } from '../../src/contracts/push.ts';
import { flux } from '../../src/webhooks/flux.ts';
import { refusedField, translate } from './deliveries.ts';
import fixture from './fixtures/flux-event.json' with { type: 'json' };

const CLUSTER = fixture.metadata.cluster;

function eventOf(kind: string, name: string): unknown {
  return { ...fixture, involvedObject: { ...fixture.involvedObject, kind, name } };
}

function reportOf(body: unknown): ClusterReport {
  const translated = translate(flux, {}, body);
  if (translated.kind !== 'reports') throw new Error(translated.detail);
  expect(translated.reports).toHaveLength(1);
  return ClusterReport.parse(translated.reports[0]);
}

it('an event is a reason to look at its cluster', () => {
  expect(reportOf(fixture)).toEqual({ clusterId: CLUSTER });
  expect(translate(flux, {}, fixture).detail).toBe('Kustomization cluster-config-apps: ValidationFailed');
});

it.each(['GitRepository', 'OCIRepository', 'Bucket'])('the configuration is known from a %s', (kind) => {
  expect(reportOf(eventOf(kind, 'cluster-config'))).toEqual({ clusterId: CLUSTER, configuration: 'cluster-config' });
  expect(reportOf(eventOf(kind, 'x'.repeat(64)))).toEqual({ clusterId: CLUSTER });
});

it('the name of an object is cut in the detail', () => {
  expect(translate(flux, {}, eventOf('HelmRelease', 'x'.repeat(5000))).detail.length).toBeLessThanOrEqual(200);
});

it.each([undefined, null, {}, { cluster: 'weu-01' }, { cluster: `${CLUSTER}/x` }])('no cluster in %j', (metadata) => {
  const translated = translate(flux, {}, { ...fixture, metadata });
  expect(translated).toMatchObject({ kind: 'ignored', code: 'NoCluster' });
  expect(translated.detail).toContain('eventMetadata.cluster');
});

it.each<[string, unknown]>([
  ['involvedObject', {}],
  ['involvedObject.kind', { involvedObject: { name: 'x' } }],
  ['metadata.cluster', { ...fixture, metadata: { cluster: 7 } }],
  ['', 'text'],
])('the wrong shape: %s', (field, body) => {
  expect(refusedField(() => translate(flux, {}, body))).toBe(field);
});
