import { describe, expect, it } from 'vitest';
import { Transient } from '../../src/contracts/errors.ts';
import { csv } from '../../src/http/csv.ts';
import { SUBSCRIPTION_A } from '../core/clusters.ts';
import { at, C1, C2, D1, drift, Fleet, iso, snapshot } from './compliance-fixture.ts';

const ADDRESS = { subscriptionId: SUBSCRIPTION_A, resourceGroup: 'rg-Fleet', type: 'connectedClusters', name: 'c1' };

/** Cells by line and column; only for texts without quoted cells. */
function table(text: string): Record<string, string>[] {
  const [header = '', ...lines] = text.split('\r\n').slice(0, -1);
  const columns = header.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, n) => [columns[n] ?? '', value])));
}

describe('CSV', () => {
  it('has a row for each subject of each cluster, of every subscription', async () => {
    const fleet = await Fleet.of([
      snapshot(C1, 'shop', {
        state: 'Failed',
        drifts: [drift(), drift({ path: 'x' }), drift({ kind: 'NotCompliant' })],
      }),
      snapshot(C1, 'blog', { revision: 'main/1' }),
      snapshot(D1, 'shop'),
    ]);
    const { status, type, text } = await fleet.csv('getComplianceClusters');
    expect([status, type]).toEqual([200, 'text/csv; charset=utf-8; header=present']);
    expect(table(text)).toMatchObject([
      { name: 'c1', tags: 'ring=canary', subject: 'blog', revision: 'main/1', state: 'Compliant', drifts: '' },
      { id: C1.id, subject: 'shop', state: 'Failed', drifts: 'Modified; NotCompliant', firstSeenAt: iso(0) },
      { name: 'd1', lastSeenAt: iso(0) },
    ]);
  });

  it('of drift has values as text, or as JSON', async () => {
    const drifts = [drift({ desired: 'a', actual: 7 }), drift({ path: 'b', actual: { c: [] } })];
    const { text } = await (await Fleet.of([snapshot(C1, 'shop', { drifts })])).csv('getDrift');
    expect(table(text)).toMatchObject([
      { cluster: 'c1', kind: 'Modified', path: 'suspend', desired: 'a', actual: '7', changedBy: '' },
      { path: 'b', desired: '', actual: '"{""c"":[]}"' },
    ]);
  });

  it('of a history has its entries, newest first', async () => {
    const fleet = await Fleet.of([
      snapshot(C1, 'shop', { changedAt: at(1) }),
      snapshot(C1, 'shop', { changedAt: at(2) }),
    ]);
    const { text } = await fleet.csv('getClusterHistory', '?format=csv', {}, ADDRESS);
    expect(table(text)).toMatchObject([{ changedAt: iso(2), subject: 'shop' }, { changedAt: iso(1) }]);
  });

  it('of a history is refused when it is too long', async () => {
    const many = Array.from({ length: 10_001 }, (_, n) => snapshot(C1, 'shop', { changedAt: at(0) + n }));
    const fleet = await Fleet.of(many);
    expect((await fleet.csv('getClusterHistory', '?format=csv', {}, ADDRESS)).status).toBe(400);
    const later = `?format=csv&since=${new Date(at(0) + 1).toISOString()}`;
    expect((await fleet.csv('getClusterHistory', later, {}, ADDRESS)).text.split('\r\n')).toHaveLength(10_002);
  });

  it('honours filters, and is empty but for its header where nothing is', async () => {
    const fleet = await Fleet.of([snapshot(C1, 'shop'), snapshot(C2, 'shop')]);
    expect(table((await fleet.csv('getComplianceClusters', '?format=csv&tag=ring=prod')).text)).toHaveLength(1);
    for (const name of ['getComplianceClusters', 'getDrift'] as const) {
      const { status, text } = await fleet.csv(name, '?format=csv&configuration=none');
      expect([status, text.split('\r\n').length]).toEqual([200, 2]);
      expect(text).toContain('subject,');
    }
    const later = await fleet.csv('getClusterHistory', `?format=csv&since=${iso(9)}`, {}, ADDRESS);
    expect([later.status, later.text.split('\r\n').length]).toEqual([200, 2]);
  });

  it('neutralises cells that a spreadsheet would run, and quotes what would break a line', async () => {
    const details = ['=cmd|x!A1', '+1', '-1', '@SUM(A1)', '\tx', 'a "b", c', 'two\nlines', 'plain'];
    const fleet = await Fleet.of(details.map((detail, n) => snapshot(C1, `s${n}`, { detail })));
    const { text } = await fleet.csv('getComplianceClusters');
    for (const safe of [
      `,'=cmd|x!A1,`,
      `,'+1,`,
      `,'-1,`,
      `,'@SUM(A1),`,
      `,'\tx,`,
      `,"a ""b"", c",`,
      `,"two\nlines",`,
      ',plain,',
    ]) {
      expect(text).toContain(safe);
    }
  });

  it.each([
    ['text/csv', 'text/csv'],
    ['text/csv;q=0.9, application/json;q=0.1', 'text/csv'],
    ['application/json, text/csv', 'text/csv'],
    ['*/*', 'application/json'],
    ['text/csvx', 'application/json'],
  ])('answers Accept: %s with %s', async (accept, type) => {
    const fleet = await Fleet.of([snapshot(C1, 'shop')]);
    expect((await fleet.csv('getDrift', '', { accept })).type).toContain(type);
    expect((await fleet.csv('getDrift', '?format=json', { accept })).type).toBe('application/json');
  });

  it('is refused when it becomes too large, and nothing more is read then', async () => {
    let made = 0;
    async function* pages() {
      for (; made < 100; made += 1) yield [{ a: 'x'.repeat(2 ** 20) }];
    }
    const error: unknown = await csv({ name: 'x', columns: ['a'], pages: pages() }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ status: 400, code: 'ExportTooLarge' });
    expect(made).toBe(31);
  });

  it('is whole or a problem: what fails in the last subscription leaves no part of it', async () => {
    const fleet = await Fleet.of([snapshot(C1, 'shop'), snapshot(D1, 'shop')]);
    const real = fleet.store.snapshots.bind(fleet.store);
    const snapshots = (subscription: string) => {
      if (subscription === D1.subscriptionId) throw new Transient('TableBusy', 'The store does not answer.');
      return real(subscription);
    };
    Object.assign(fleet.store, { snapshots });
    expect((await fleet.csv('getComplianceClusters')).status).toBe(503);
  });
});
