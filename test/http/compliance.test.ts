import { describe, expect, it, vi } from 'vitest';
import { SWEEP_SECONDS_MAX } from '../../src/contracts/timing.ts';
import { cluster, SUBSCRIPTION_A, SUBSCRIPTION_B } from '../core/clusters.ts';
import { at, C1, C2, D1, drift, Fleet, iso, snapshot } from './compliance-fixture.ts';

const ADDRESS = { subscriptionId: SUBSCRIPTION_A, resourceGroup: 'RG-fleet', type: 'connectedclusters', name: 'C1' };
const BOTH = { [SUBSCRIPTION_A]: at(2), [SUBSCRIPTION_B]: at(3) };

interface Item {
  readonly name: string;
  readonly state: string;
  readonly subjects: readonly { readonly subject: string; readonly lastSeenAt?: string }[];
}
const itemsOf = (answer: { json: Record<string, unknown> }): Item[] => answer.json['items'] as Item[];
const names = (answer: { json: Record<string, unknown> }): string[] => itemsOf(answer).map(({ name }) => name);

describe('sweeps', () => {
  it('POST starts one: 202, where it is, and a message for each shard', async () => {
    const fleet = await Fleet.of([]);
    await fleet.deps.inventory.write(at(10), [[C1]]);
    const answer = await fleet.get('postSweep');
    const { id } = answer.json;
    expect(answer).toMatchObject({
      status: 202,
      headers: { location: `/api/compliance/sweeps/${String(id)}` },
      json: { status: 'Running', shards: { total: 2, done: 0 }, startedBy: 'local' },
    });
    expect(fleet.sent).toHaveLength(2);
    expect((await fleet.get('getSweep', '', { id: String(id) })).json).toMatchObject({ id, counts: { clusters: 0 } });
  });

  it('is Running, then Incomplete with what is missing, and Complete once every shard is done', async () => {
    const fleet = await Fleet.of([]);
    await fleet.sweep('01', at(10), { [SUBSCRIPTION_B]: at(10) }, [snapshot(D1, 'shop')]);
    const get = () => fleet.get('getSweep', '', { id: '01' });
    expect((await get()).json).toMatchObject({ status: 'Running', shards: { total: 2, done: 1 } });
    fleet.clock.advance(SWEEP_SECONDS_MAX * 1000);
    const late = (await get()).json;
    expect(late).toMatchObject({
      status: 'Incomplete',
      missingSubscriptions: [SUBSCRIPTION_A],
      counts: { clusters: 1, byState: { Compliant: 1 } },
    });
    expect(late).not.toHaveProperty('finishedAt');
    await fleet.sweep('01', at(10), { [SUBSCRIPTION_A]: at(12), [SUBSCRIPTION_B]: at(10) });
    expect((await get()).json).toMatchObject({ status: 'Complete', finishedAt: iso(12), missingSubscriptions: [] });
  });

  it('that is unknown is 404', async () => {
    const answer = await (await Fleet.of([])).get('getSweep', '', { id: 'x' });
    expect([answer.status, answer.json['code']]).toEqual([404, 'SweepNotFound']);
  });
});

describe('GET /api/compliance', () => {
  const seen = [
    snapshot(C1, 'shop', { state: 'Failed', revision: 'main/1', drifts: [drift(), drift({ path: 'x' })] }),
    snapshot(C1, '@extension'),
    snapshot(D1, 'shop', { revision: 'main/2' }),
  ];

  it('counts the latest sweep', async () => {
    const fleet = await Fleet.of([]);
    await fleet.sweep('01', at(1), BOTH, seen);
    const { json } = await fleet.get('getCompliance');
    expect(json).toMatchObject({
      complete: true,
      missingSubscriptions: [],
      sweep: { id: '01', status: 'Complete', finishedAt: iso(3) },
      summary: {
        clusters: 2,
        subjects: 3,
        drifting: 1,
        byState: { Compliant: 2, Failed: 1 },
        byDrift: { Modified: 1 },
        bySubscription: { [SUBSCRIPTION_A]: 1, [SUBSCRIPTION_B]: 1 },
        byConfiguration: { shop: { Failed: 1, Compliant: 1 }, '@extension': { Compliant: 1 } },
        byRevision: { 'shop main/1': 1, 'shop main/2': 1 },
        byTag: { 'ring=prod': { Failed: 1, Compliant: 1 } },
      },
    });
    expect(json).not.toHaveProperty('newestSweep');
  });

  it('keeps the numbers of the last complete sweep while the newest is not, and says what is missing', async () => {
    const fleet = await Fleet.of([]);
    await fleet.sweep('01', at(1), BOTH, seen);
    await fleet.sweep('02', at(9), { [SUBSCRIPTION_B]: at(9) }, [snapshot(D1, 'shop')]);
    expect((await fleet.get('getCompliance')).json).toMatchObject({
      complete: false,
      missingSubscriptions: [SUBSCRIPTION_A],
      newestSweep: { id: '02', status: 'Incomplete' },
      sweep: { id: '01', status: 'Complete' },
      summary: { clusters: 2 },
    });
  });

  it('shows the first sweep as far as it got', async () => {
    const fleet = await Fleet.of([]);
    await fleet.sweep('01', at(10), { [SUBSCRIPTION_B]: at(10) }, seen);
    expect((await fleet.get('getCompliance')).json).toMatchObject({
      complete: false,
      sweep: { id: '01', status: 'Running' },
      summary: { clusters: 1 },
    });
  });

  it('says that nothing was ever swept', async () => {
    const { status, json } = await (await Fleet.of([])).get('getCompliance');
    expect([status, json]).toEqual([200, { complete: false, missingSubscriptions: [SUBSCRIPTION_B, SUBSCRIPTION_A] }]);
  });

  it('?trend=N answers the last N, newest first, and says which are not complete', async () => {
    const fleet = await Fleet.of([]);
    for (const [n, id] of ['01', '02', '03'].entries()) await fleet.sweep(id, at(n), n === 2 ? {} : BOTH, seen);
    const { json } = await fleet.get('getCompliance', '?trend=2');
    expect(json['trend']).toMatchObject([
      { id: '03', status: 'Incomplete', clusters: 0 },
      { id: '02', status: 'Complete', clusters: 2, byState: { Failed: 1 }, drifting: 1 },
    ]);
    expect(json['trend']).toHaveLength(2);
  });

  it.each([
    ['?tag=ring=prod', 2],
    ['?tag=ring', 3],
    ['?name=c*', 2],
    ['?state=failed', 1],
    [`?subscription=${SUBSCRIPTION_B}`, 1],
    ['?configuration=@extension', 1],
    ['?revision=4F1BDAD', 1],
    ['?stage=CANARY', 1],
  ])('with filters counts what is stored: %s', async (query, clusters) => {
    const fleet = await Fleet.of([
      snapshot(C1, 'shop', { state: 'Failed' }),
      snapshot(C1, '@extension'),
      snapshot(C2, 'shop', { revision: 'main@sha1:4f1bdad4', stage: 'canary' }),
      snapshot(D1, 'shop', { stage: 'rest' }),
    ]);
    expect((await fleet.get('getCompliance', query)).json).toMatchObject({ summary: { clusters } });
  });
});

describe('GET /api/compliance/clusters', () => {
  it('shows each cluster with its subjects; what is there was last seen by the last sweep that finished its subscription', async () => {
    const fleet = await Fleet.of([
      snapshot(D1, 'shop', { state: 'Absent', drifts: [drift({ kind: 'Missing' })] }),
      snapshot(C1, 'shop', {
        state: 'NotCompliant',
        version: '1',
        drifts: [drift({ changedBy: 'bob', changedAt: at(1) })],
      }),
      snapshot(C1, '@extension'),
    ]);
    await fleet.sweep('01', at(1), BOTH);
    await fleet.sweep('02', at(9), { [SUBSCRIPTION_A]: at(9) });
    const { json } = await fleet.get('getComplianceClusters');
    const { id, name, location, tags } = C1;
    expect(json).toMatchObject({
      items: [
        {
          ...{ id, name, location, tags, type: 'connectedClusters', resourceGroup: 'rg-Fleet' },
          state: 'NotCompliant',
          subjects: [
            { subject: '@extension', firstSeenAt: iso(0), changedAt: iso(0), lastSeenAt: iso(9) },
            {
              subject: 'shop',
              drifts: [
                { kind: 'Modified', firstSeenAt: iso(0), lastSeenAt: iso(9), changedBy: 'bob', changedAt: iso(1) },
              ],
            },
          ],
        },
        { name: 'd1', subjects: [{ state: 'Absent', drifts: [{ kind: 'Missing', lastSeenAt: iso(3) }] }] },
      ],
    });
    expect(itemsOf({ json })[1]?.subjects[0]).not.toHaveProperty('lastSeenAt');
    expect(JSON.stringify(json)).not.toContain('schema');
  });

  it('does not say that something was last seen before it changed', async () => {
    const fleet = await Fleet.of([snapshot(C1, 'shop', { changedAt: at(9) })]);
    await fleet.sweep('01', at(1), BOTH);
    expect(itemsOf(await fleet.get('getComplianceClusters'))[0]?.subjects[0]?.lastSeenAt).toBe(iso(9));
  });

  it('leaves out what is gone and missed by nobody', async () => {
    const fleet = await Fleet.of([snapshot(C1, 'shop', { state: 'Absent' })]);
    expect(names(await fleet.get('getComplianceClusters'))).toEqual([]);
  });

  it.each([
    ['?state=NotCompliant', ['c1']],
    ['?drift=modified', ['c1', 'd1']],
    [`?subscription=${SUBSCRIPTION_B.toUpperCase()}`, ['d1']],
    ['?configuration=SHOP', ['c1', 'c2', 'd1']],
    ['?configuration=@extension', ['c1']],
    ['?configuration=@extension&state=NotCompliant', []],
    ['?revision=4f1bdad', ['c2']],
    ['?name=?1', ['c1', 'd1']],
    ['?tag=ring=prod', ['c2', 'd1']],
    ['?tag=RING=prod&name=c*', ['c2']],
    ['?tag=none', []],
  ])('filters: %s', async (query, expected) => {
    const fleet = await Fleet.of([
      snapshot(D1, 'shop', { drifts: [drift()] }),
      snapshot(C2, 'shop', { revision: 'main@sha1:4f1bdad4d0a5' }),
      snapshot(C1, 'shop', { state: 'NotCompliant', drifts: [drift()] }),
      snapshot(C1, '@extension'),
    ]);
    expect(names(await fleet.get('getComplianceClusters', query))).toEqual(expected);
  });

  it('shows the subjects that are asked for, beside the state of the cluster as a whole', async () => {
    const fleet = await Fleet.of([snapshot(C1, 'shop', { state: 'Failed' }), snapshot(C1, '@extension')]);
    const [item] = itemsOf(await fleet.get('getComplianceClusters', '?state=Compliant'));
    expect(item).toMatchObject({ state: 'Failed', subjects: [{ subject: '@extension' }] });
    expect(item?.subjects).toHaveLength(1);
  });

  it.each([1, 2, 3, 7])('pages of %i are the whole list, each cluster once', async (limit) => {
    const clusters = Array.from({ length: 7 }, (_, n) =>
      cluster(`k${n}`, { subscriptionId: n % 2 ? SUBSCRIPTION_A : SUBSCRIPTION_B }),
    );
    const fleet = await Fleet.of(
      clusters.map((one) => snapshot(one, 'shop')),
      clusters,
    );
    const seen: string[] = [];
    let continuation: unknown;
    do {
      const next = typeof continuation === 'string' ? `&continuation=${encodeURIComponent(continuation)}` : '';
      const page = await fleet.get('getComplianceClusters', `?limit=${limit}${next}`);
      expect(names(page).length).toBeLessThanOrEqual(limit);
      seen.push(...names(page));
      continuation = page.json['continuation'];
    } while (continuation !== undefined);
    expect(seen).toEqual(['k1', 'k3', 'k5', 'k0', 'k2', 'k4', 'k6']);
  });

  it('answers as far as it is before it has read too much, and goes on from there', async () => {
    const fleet = await Fleet.of([snapshot(D1, 'shop')]);
    const real = fleet.store.snapshots.bind(fleet.store);
    const large = Array.from({ length: 50_000 }, () => snapshot(C1, 'blog'));
    async function* snapshots(of: string) {
      if (of === SUBSCRIPTION_A) yield large;
      else yield* real(of);
    }
    Object.assign(fleet.store, { snapshots });
    const first = await fleet.get('getComplianceClusters', '?configuration=shop');
    expect(names(first)).toEqual([]);
    const next = encodeURIComponent(String(first.json['continuation']));
    const second = await fleet.get('getComplianceClusters', `?configuration=shop&continuation=${next}`);
    expect([names(second), second.json['continuation']]).toEqual([['d1'], undefined]);
  });

  it('does not read the subscriptions before the page', async () => {
    const fleet = await Fleet.of([snapshot(C1, 'shop'), snapshot(D1, 'shop')]);
    const continuation = encodeURIComponent(`0:${D1.id.toLowerCase()}`);
    const read = vi.spyOn(fleet.store, 'snapshots');
    expect(names(await fleet.get('getComplianceClusters', `?continuation=${continuation}`))).toEqual(['d1']);
    expect(read.mock.calls).toEqual([[SUBSCRIPTION_B]]);
  });
});

describe('bad query values', () => {
  it.each([
    ['getCompliance', '?trend=0', 'trend'],
    ['getCompliance', '?trend=101', 'trend'],
    ['getCompliance', '?trend=2&state=Failed', 'trend'],
    ['getCompliance', '?state=', 'state'],
    ['getComplianceClusters', '?state=Broken', 'state'],
    ['getComplianceClusters', '?drift=x', 'drift'],
    ['getComplianceClusters', '?subscription=00000000-0000-4000-a000-00000000000f', 'subscription'],
    ['getComplianceClusters', '?configuration=', 'configuration'],
    ['getComplianceClusters', `?name=${'x'.repeat(513)}`, 'name'],
    ['getComplianceClusters', '?tag=', 'tag'],
    ['getComplianceClusters', '?limit=1001', 'limit'],
    ['getComplianceClusters', '?continuation=7', 'continuation'],
    ['getComplianceClusters', '?continuation=0:/subscriptions/x/y', 'continuation'],
    ['getComplianceClusters', '?format=xml', 'format'],
    ['getComplianceClusters', '?format=csv&limit=5', 'limit'],
    ['getDrift', '?kind=x', 'kind'],
    ['getDrift', '?layer=x', 'layer'],
    ['getDrift', '?format=csv&continuation=x', 'continuation'],
    ['getClusterHistory', '?since=yesterday', 'since'],
    ['getClusterHistory', '?since=2026-01-31T00:00:00', 'since'],
    ['getClusterHistory', '?since=2026-99-99', 'since'],
    ['getClusterHistory', '?limit=0', 'limit'],
  ] as const)('%s %s is 400 and names it', async (name, query, field) => {
    const { status, json } = await (await Fleet.of([snapshot(C1, 'shop')])).get(name, query, ADDRESS);
    expect([status, json['errors']]).toMatchObject([400, [{ field, code: 'InvalidQuery' }]]);
  });
});
