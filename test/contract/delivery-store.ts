import { beforeEach, describe, expect, it } from 'vitest';
import { ulid } from 'ulid';
import type { DeliveryRecord } from '../../src/contracts/webhook.ts';
import type { DeliveryStore } from '../../src/ports/delivery-store.ts';
import { NASTY_NAMES, type OpenStores } from './stores.ts';

const COMMIT = 'a'.repeat(40);

/** A record as it is claimed. */
function record(at: number, more: Partial<DeliveryRecord> = {}): DeliveryRecord & { deliveryId: string } {
  return {
    schema: 1,
    id: ulid(at),
    at,
    provider: 'github',
    hook: 'main',
    deliveryId: `d-${at}`,
    bodyHash: 'f'.repeat(64),
    outcome: 'Accepted',
    code: 'Pushed',
    detail: 'one ref',
    pushes: [
      {
        source: 'git',
        repository: 'github.com/contoso/fleet',
        ref: { kind: 'branch', name: 'main' },
        before: null,
        after: COMMIT,
        changedPaths: ['a/b.yaml'],
      },
    ],
    reports: [],
    results: [],
    redeliveries: 0,
    unrecordedBefore: 0,
    ...more,
  };
}

const withoutPaths = (one: DeliveryRecord): DeliveryRecord => ({
  ...one,
  pushes: one.pushes.map(({ changedPaths: _left, ...push }) => push),
});

/** Deliveries: claimed once by the provider's id, listed newest first. */
export function deliveryStoreSuite(open: OpenStores): void {
  describe('DeliveryStore', () => {
    let deliveries: DeliveryStore;
    beforeEach(async () => {
      deliveries = (await open()).deliveries;
    });

    it('gives a claim to the first, of each hook', async () => {
      const first = record(1000);
      expect(await deliveries.claim(first)).toBe('claimed');
      expect(await deliveries.claim({ ...record(2000), deliveryId: first.deliveryId })).toEqual(first);
      expect(await deliveries.claim({ ...record(2000), hook: 'other', deliveryId: first.deliveryId })).toBe('claimed');
      expect(await deliveries.claimed('main', first.deliveryId)).toEqual(first);
      expect(await deliveries.claimed('main', 'unknown')).toBeUndefined();
      expect((await deliveries.list({ limit: 10 })).items).toEqual([]);
    });

    it('gives one of many claims at the same time', async () => {
      const claims = Array.from({ length: 8 }, (_, n) => ({ ...record(1000 + n), deliveryId: 'same' }));
      const answers = await Promise.all(claims.map((claim) => deliveries.claim(claim)));
      expect(answers.filter((answer) => answer === 'claimed')).toHaveLength(1);
      const winner = claims[answers.indexOf('claimed')];
      for (const answer of answers) if (answer !== 'claimed') expect(answer).toEqual(winner);
    });

    it('takes ids of any letters', async () => {
      for (const deliveryId of NASTY_NAMES)
        expect(await deliveries.claim({ ...record(1), deliveryId })).toBe('claimed');
      for (const deliveryId of NASTY_NAMES)
        expect((await deliveries.claimed('main', deliveryId))?.deliveryId).toBe(deliveryId);
    });

    it('keeps a push of thousands of files', async () => {
      const changedPaths = Array.from({ length: 5000 }, (_, n) => `clusters/prod/apps/team-${n}/kustomization.yaml`);
      const large = record(1, { pushes: [{ ...record(1).pushes[0]!, changedPaths }] });
      await deliveries.claim(large);
      expect(await deliveries.claimed('main', large.deliveryId)).toEqual(large);
    });

    it('puts what became of it into the list, as often as it is told, and leaves the claim as it was', async () => {
      const one = record(1000);
      await deliveries.claim(one);
      const done = { ...one, processedAt: 5, results: [{ definition: 'd', code: 'Pending', detail: 'next' }] };
      await deliveries.record(done);
      await deliveries.record(done);
      expect(await deliveries.read(one.id)).toEqual(withoutPaths(done));
      expect(await deliveries.claimed('main', one.deliveryId)).toEqual(one);
      expect((await deliveries.list({ limit: 10 })).items).toEqual([withoutPaths(done)]);
      expect(await deliveries.read(ulid(1))).toBeUndefined();
      expect(await deliveries.read('no id')).toBeUndefined();
    });

    it('keeps what was processed, until a person sends it in again', async () => {
      const code = async () => (await deliveries.read(one.id))?.results.map((result) => result.code).join();
      const result = (said: string) => ({ results: [{ definition: 'd', code: said, detail: '' }] });
      const one = record(1000);
      await deliveries.record({ ...one, ...result('Failed') });
      await deliveries.record({ ...one, ...result('Pending'), processedAt: 5 });
      await deliveries.record({ ...one, ...result('Repeated'), processedAt: 6 });
      expect(await code()).toBe('Pending');
      await deliveries.record({ ...one, redeliveries: 1 });
      await deliveries.record({ ...one, ...result('Late'), processedAt: 7 });
      expect(await code()).toBe('');
      await deliveries.record({ ...one, ...result('Known'), redeliveries: 1, processedAt: 8 });
      expect(await code()).toBe('Known');
    });

    it('takes many at the same time, some of which are there already', async () => {
      const many = Array.from({ length: 70 }, (_, n) => record(1000 + n, { processedAt: 1 }));
      await deliveries.record(many[3]!);
      await deliveries.record(...[...many, many[5]!].map((one) => ({ ...one, processedAt: 2 })));
      const { items } = await deliveries.list({ limit: 100 });
      expect(items).toHaveLength(70);
      expect(items.filter(({ processedAt }) => processedAt === 1).map(({ id }) => id)).toEqual([many[3]!.id]);
    });

    it('takes many that are new', async () => {
      const many = Array.from({ length: 120 }, (_, n) => record(1000 + n));
      await deliveries.record(...many);
      expect((await deliveries.list({ limit: 200 })).items).toHaveLength(120);
      await deliveries.record();
    });

    it('lists a rejected one without touching the claim of its id', async () => {
      const one = record(1000);
      await deliveries.claim(one);
      await deliveries.record({ ...record(2000), deliveryId: one.deliveryId, outcome: 'Rejected', code: 'OtherBody' });
      expect(await deliveries.claimed('main', one.deliveryId)).toEqual(one);
      const { deliveryId: _none, ...nameless } = record(3000, { outcome: 'Rejected', code: 'InvalidSignature' });
      await deliveries.record(nameless);
      expect((await deliveries.list({ limit: 10 })).items.map(({ code }) => code)).toEqual([
        'InvalidSignature',
        'OtherBody',
      ]);
    });

    it('pages newest first, by outcome and hook', async () => {
      for (const at of [1, 2, 3, 4, 5, 6]) {
        const more = { hook: at % 2 === 0 ? 'even' : 'odd', outcome: at < 4 ? 'Ignored' : 'Accepted' } as const;
        await deliveries.record(record(at * 1000, more));
      }
      const times = async (query: Parameters<DeliveryStore['list']>[0]) => {
        const found: number[] = [];
        for (let continuation: string | undefined; ;) {
          const page = await deliveries.list({ ...query, ...(continuation !== undefined && { continuation }) });
          expect(page.items.length).toBeLessThanOrEqual(query.limit);
          found.push(...page.items.map(({ at }) => at / 1000));
          continuation = page.continuation;
          if (continuation === undefined) return found;
        }
      };
      expect(await times({ limit: 4 })).toEqual([6, 5, 4, 3, 2, 1]);
      expect(await times({ limit: 3 })).toEqual([6, 5, 4, 3, 2, 1]);
      expect(await times({ limit: 2, hook: 'even' })).toEqual([6, 4, 2]);
      expect(await times({ limit: 10, outcome: 'Ignored', hook: 'odd' })).toEqual([3, 1]);
      await expect(deliveries.list({ limit: 1, continuation: 'x' })).rejects.toThrow(/continuation/i);
    });

    it('drops what is older, claims too', async () => {
      for (const at of [1000, 2000, 3000]) {
        await deliveries.claim(record(at));
        await deliveries.record(record(at));
      }
      expect(await deliveries.dropBefore(2000)).toBe(false);
      expect((await deliveries.list({ limit: 10 })).items.map(({ at }) => at)).toEqual([3000, 2000]);
      expect(await deliveries.claimed('main', 'd-1000')).toBeUndefined();
      expect(await deliveries.claimed('main', 'd-2000')).toBeDefined();
    });
  });
}
