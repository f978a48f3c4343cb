import { describe, expect, it } from 'vitest';
import { SUBSCRIPTION_A, SUBSCRIPTION_B } from '../core/clusters.ts';
import { at, C1, D1, drift, Fleet, iso, snapshot } from './compliance-fixture.ts';

const ADDRESS = { subscriptionId: SUBSCRIPTION_A, resourceGroup: 'RG-fleet', type: 'connectedclusters', name: 'C1' };
const BOTH = { [SUBSCRIPTION_A]: at(2), [SUBSCRIPTION_B]: at(3) };

describe('GET /api/drift', () => {
  const drifts = [
    drift({ path: 'a', desired: 1, actual: { b: [2] }, owner: 'rollout 7' }),
    drift({ kind: 'NotCompliant', layer: 'cluster', path: 'b' }),
    drift({ path: 'c' }),
  ];
  const paths = (answer: { json: Record<string, unknown> }): unknown[] =>
    (answer.json['items'] as { path: string }[]).map(({ path }) => path);

  it('shows both values, since when, until when, and who would win', async () => {
    const fleet = await Fleet.of([snapshot(C1, 'shop', { drifts: drifts.slice(0, 1) })]);
    await fleet.sweep('01', at(1), BOTH);
    expect((await fleet.get('getDrift')).json['items']).toEqual([
      {
        clusterId: C1.id,
        cluster: 'c1',
        subscriptionId: SUBSCRIPTION_A,
        subject: 'shop',
        ...{ kind: 'Modified', layer: 'plan', path: 'a', desired: 1, actual: { b: [2] }, detail: 'It differs.' },
        ...{ owner: 'rollout 7', firstSeenAt: iso(0), lastSeenAt: iso(2) },
      },
    ]);
  });

  it.each([
    ['', ['a', 'b', 'c', 'd']],
    ['?kind=NotCompliant', ['b']],
    ['?layer=plan', ['a', 'c', 'd']],
    ['?kind=NotCompliant&layer=plan', []],
    [`?subscription=${SUBSCRIPTION_B}`, ['d']],
    ['?configuration=blog', ['c', 'd']],
  ])('filters: %s', async (query, expected) => {
    const fleet = await Fleet.of([
      snapshot(D1, 'blog', { drifts: [drift({ path: 'd' })] }),
      snapshot(C1, 'blog', { drifts: drifts.slice(2) }),
      snapshot(C1, 'shop', { drifts: drifts.slice(0, 2) }),
    ]);
    expect(paths(await fleet.get('getDrift', query)).sort()).toEqual(expected);
  });

  it('a page may end inside a cluster', async () => {
    const fleet = await Fleet.of([
      snapshot(C1, 'shop', { drifts }),
      snapshot(D1, 'shop', { drifts: [drift({ path: 'd' })] }),
    ]);
    const first = await fleet.get('getDrift', '?limit=2');
    expect(paths(first)).toEqual(['a', 'b']);
    const next = encodeURIComponent(String(first.json['continuation']));
    const second = await fleet.get('getDrift', `?limit=2&continuation=${next}`);
    expect([paths(second), second.json['continuation']]).toEqual([['c', 'd'], undefined]);
  });
});

describe('GET /api/clusters/…/history', () => {
  const entries = [1, 2, 3].flatMap((n) => [
    snapshot(C1, 'shop', { changedAt: at(n), revision: `main/${n}` }),
    snapshot(C1, 'blog', { changedAt: at(n) }),
  ]);

  it('is newest first, compares the cluster without case, and says when there is more', async () => {
    const fleet = await Fleet.of(entries);
    const { json } = await fleet.get('getClusterHistory', '?configuration=shop&limit=2', ADDRESS);
    expect(json).toMatchObject({
      truncated: true,
      items: [{ revision: 'main/3', changedAt: iso(3) }, { revision: 'main/2' }],
    });
    const all = await fleet.get('getClusterHistory', '?configuration=shop&limit=3', ADDRESS);
    expect(all.json).toMatchObject({ truncated: false });
  });

  it('begins at since', async () => {
    const fleet = await Fleet.of(entries);
    const { json } = await fleet.get('getClusterHistory', `?since=${iso(3)}`, ADDRESS);
    expect(json['items']).toHaveLength(2);
    const zoned = encodeURIComponent('2026-01-31T05:00:00+02:00');
    expect((await fleet.get('getClusterHistory', `?since=${zoned}`, ADDRESS)).json['items']).toHaveLength(2);
  });

  it('is empty where nothing changed', async () => {
    const fleet = await Fleet.of([]);
    expect(await fleet.get('getClusterHistory', '', ADDRESS)).toMatchObject({ status: 200, json: { items: [] } });
  });

  it('outlives its cluster; one that was never there is 404', async () => {
    const fleet = await Fleet.of(entries, []);
    expect((await fleet.get('getClusterHistory', '', ADDRESS)).status).toBe(200);
    expect((await fleet.get('getClusterHistory', `?since=${iso(9)}`, ADDRESS)).status).toBe(200);
    const unknown = await fleet.get('getClusterHistory', '', { ...ADDRESS, name: 'c9' });
    expect([unknown.status, unknown.json['code']]).toEqual([404, 'ClusterNotFound']);
    const type = await fleet.get('getClusterHistory', '', { ...ADDRESS, type: 'x' });
    expect([type.status, type.json['code']]).toEqual([404, 'UnknownClusterType']);
  });
});
