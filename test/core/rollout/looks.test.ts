import { describe, expect, it } from 'vitest';
import { isWorthReading, looksGood, planLooks, type StatusHint } from '../../../src/core/rollout/looks.ts';
import { MINUTE, ordinals, POLL, rollout, row, rows, SECOND, stage, T0 } from './support/builders.ts';

const running = rollout([stage(50, { next: 50 })]);
const at = (live: Parameters<typeof planLooks>[1], afterMs: number, of = running) => planLooks(of, live, T0 + afterMs);

describe('planLooks', () => {
  it('looks at a cluster first when its agent can have synced', () => {
    expect(at(rows([0], 'written'), 15 * SECOND - 1)).toMatchObject({ poll: false, awaiting: [] });
    expect(at(rows([0], 'written'), 15 * SECOND)).toMatchObject({ poll: true, awaiting: [{ ordinal: 0 }] });
  });

  it('does not look more often than the poll interval', () => {
    const polled = { ...running, polledAt: T0 + 15 * SECOND };
    expect(at(rows([0], 'written'), 15 * SECOND + POLL - 1, polled).poll).toBe(false);
    expect(at(rows([0], 'written'), 15 * SECOND + POLL, polled).poll).toBe(true);
  });

  it('watches clusters whose action is carried out, and no others', () => {
    const live = [
      row(0, 'queued'),
      row(1, 'held'),
      row(2, 'claimed'),
      row(3, 'written', { wrote: false }),
      row(4, 'written'),
      row(5, 'done'),
    ];
    expect(at(live, MINUTE).awaiting.map(({ ordinal }) => ordinal)).toEqual([3, 4]);
  });

  it('reads a small live set by GET, a large one in pages of Resource Graph', () => {
    expect(at(rows(ordinals(10), 'written'), MINUTE)).toMatchObject({ byGraph: false });
    expect(at(rows(ordinals(10), 'written'), MINUTE).mustRead).toHaveLength(10);
    expect(at(rows(ordinals(11), 'written'), MINUTE)).toMatchObject({ byGraph: true, mustRead: [] });
  });

  it('reads by GET what stands still, and what is near its deadline', () => {
    const many = rows(ordinals(11), 'written');
    expect(at(many, 2 * MINUTE).mustRead).toHaveLength(11);
    const read = many.map((one) => ({ ...one, lookedAt: T0 + 2 * MINUTE }));
    expect(at(read, 3 * MINUTE).mustRead).toEqual([]);
    const near = [{ ...read[0]!, deadlineAt: T0 + 4 * MINUTE }, ...read.slice(1)];
    expect(at(near, 3 * MINUTE).mustRead.map(({ ordinal }) => ordinal)).toEqual([0]);
    const overdue = [{ ...near[0]!, lookedAt: T0 + 4 * MINUTE }, ...read.slice(1)];
    expect(at(overdue, 4 * MINUTE).mustRead.map(({ ordinal }) => ordinal)).toContain(0);
  });

  it('reads a cluster whose own Flux has told of itself since it was read last, once', () => {
    const many = rows(ordinals(11), 'written');
    const told = { ...row(3, 'written'), reportedAt: T0 + MINUTE };
    const live = many.map((one) => (one.ordinal === 3 ? told : one));
    expect(at(live, MINUTE).mustRead.map(({ ordinal }) => ordinal)).toEqual([3]);
    const read = live.map((one) => ({ ...one, lookedAt: T0 + MINUTE }));
    expect(at(read, MINUTE + SECOND).mustRead).toEqual([]);
    expect(at([{ ...told, lookedAt: T0 + MINUTE - SECOND }], MINUTE).mustRead).toHaveLength(1);
  });

  it('looks at an overdue cluster at once, however young its state is', () => {
    const late = row(0, 'written', { since: T0, deadlineAt: T0 + SECOND });
    expect(at([late], SECOND, { ...running, polledAt: T0 - MINUTE })).toMatchObject({
      poll: true,
      awaiting: [{ ordinal: 0 }],
    });
  });

  it('reads the plan until it is there, and not while the rollout is stopped', () => {
    const planning = { ...running };
    delete planning.plan;
    expect(at([], 0, planning).plan).toBe(true);
    expect(at([], 0, { ...planning, stop: 'pause' }).plan).toBe(false);
    expect(at([], 0).plan).toBe(false);
  });

  it('looks at deferred clusters in their own rhythm', () => {
    const waiting = rollout([stage(1, { next: 1, deferred: 1 })]);
    expect(at([], 2 * MINUTE - 1, waiting).deferral).toBe(false);
    expect(at([], 2 * MINUTE, waiting).deferral).toBe(true);
    expect(at([], 2 * MINUTE, { ...waiting, stop: 'halt' }).deferral).toBe(false);
  });

  it('looks at a soaking stage each minute and at its end', () => {
    const soaking = rollout([stage(1, { phase: 'Soaking', soakSeconds: 90, next: 1, counts: { Succeeded: 1 } })]);
    expect(at([], MINUTE - 1, soaking).soak).toBeUndefined();
    expect(at([], MINUTE, soaking).soak).toBe(0);
    expect(at([], 90 * SECOND, { ...soaking, soakCheckedAt: T0 + 89 * SECOND }).soak).toBe(0);
  });

  it('verifies everything once more only when all is done, nothing in flight and nobody waited for', () => {
    const all = rollout([stage(2, { phase: 'Done', next: 2, counts: { Succeeded: 2 } })]);
    expect(at([], 0, all).verification).toBe(true);
    expect(at(rows([0], 'written'), 0, all).verification).toBe(false);
    expect(at([], 0, { ...all, verified: true }).verification).toBe(false);
    expect(at([], 0, { ...all, stop: 'pause' }).verification).toBe(false);
    expect(at([], 0, rollout([stage(2, { phase: 'Done', next: 2, deferred: 1 })])).verification).toBe(false);
  });

  it('looks at nothing once the rollout has ended', () => {
    const ended = rollout([stage(1, { phase: 'Done', next: 1, counts: { Succeeded: 1 } })], { status: 'Succeeded' });
    expect(at([], MINUTE, ended)).toMatchObject({
      poll: false,
      plan: false,
      deferral: false,
      soak: undefined,
      verification: false,
    });
  });
});

const COMMIT = 'c'.repeat(40);
const good: StatusHint = {
  provisioningState: 'Succeeded',
  complianceState: 'Compliant',
  sourceSyncedCommitId: `main@sha1:${COMMIT}`,
  statusUpdatedAt: T0 + 1,
};

describe('a hint of Resource Graph', () => {
  it.each([
    { what: 'Compliant on the commit, reported after the write', hint: {}, worth: true },
    { what: 'Compliant, but reported before the write', hint: { statusUpdatedAt: T0 }, worth: false },
    { what: 'never reported', hint: { statusUpdatedAt: undefined }, worth: false },
    { what: 'Compliant on another commit', hint: { sourceSyncedCommitId: `main/${'d'.repeat(40)}` }, worth: false },
    { what: 'Pending', hint: { complianceState: 'Pending' }, worth: false },
    { what: 'Non-Compliant, still young', hint: { complianceState: 'Non-Compliant' }, worth: false },
    { what: 'Non-Compliant for long', hint: { complianceState: 'Non-Compliant' }, afterMs: 75 * SECOND, worth: true },
    {
      what: 'failed to provision, before the write even',
      hint: { provisioningState: 'Failed', statusUpdatedAt: 0 },
      worth: true,
    },
  ])('$what → worth a GET: $worth', ({ hint, worth, afterMs = 30 * SECOND }) => {
    expect(isWorthReading(row(0, 'written'), { ...good, ...hint }, COMMIT, T0 + afterMs)).toBe(worth);
  });

  it('that is bad is not read again within a minute', () => {
    const bad = { ...good, complianceState: 'Non-Compliant' };
    const read = row(0, 'written', { lookedAt: T0 + 80 * SECOND });
    expect(isWorthReading(read, bad, COMMIT, T0 + 100 * SECOND)).toBe(false);
    expect(isWorthReading(read, bad, COMMIT, T0 + 140 * SECOND)).toBe(true);
  });

  it.each([
    { what: 'Compliant on the commit', hint: {}, expected: true },
    { what: 'on another commit', hint: { sourceSyncedCommitId: 'main/abc' }, expected: false },
    { what: 'Non-Compliant', hint: { complianceState: 'Non-Compliant' }, expected: false },
    { what: 'Suspended', hint: { complianceState: 'Suspended', sourceSyncedCommitId: undefined }, expected: true },
    { what: 'Compliant, provisioning Failed', hint: { provisioningState: 'Failed' }, expected: false },
  ])('$what → looks good: $expected', ({ hint, expected }) => {
    expect(looksGood({ ...good, ...hint }, COMMIT)).toBe(expected);
  });
});
