import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DefinitionRecord, OnNewRevision, Revision } from '../../../src/contracts/definition.ts';
import { hasEnded, RolloutStatus } from '../../../src/contracts/rollout-state.ts';
import { DEFINITION_CHECK_SECONDS } from '../../../src/contracts/timing.ts';
import { nextStep, type DefinitionStep, type RunningRollout } from '../../../src/core/definition/next-step.ts';
import { noteBlocked, noteRefused } from '../../../src/core/definition/submitted.ts';
import { Machine } from './machine.ts';
import { definition, MINUTE, nameOf, newIds, push, record, SECOND, sha, T0, Told } from './support.ts';

const revision = (name: string): Revision => ({
  source: 'git',
  repository: 'git.example/shop',
  ref: { kind: 'branch', name: 'main' },
  commit: sha(name),
  at: T0,
});
const pending = { revision: revision('b'), generation: 2, rolloutId: 'next', since: T0, notBefore: T0 };
const running = { revision: revision('a'), generation: 1, rolloutId: 'now', version: 1, since: T0, submitted: true };
const hold = { revision: sha('b'), reason: 'breaks the shop', by: { kind: 'key', name: 'bob' }, at: T0 } as const;

const step = (changes: Partial<DefinitionRecord>, rollout?: RunningRollout, now = T0): DefinitionStep =>
  nextStep(record({ definition: definition({ onNewRevision: 'queue' }), ...changes }), rollout, { now, ids: newIds() });
const policy = (onNewRevision: OnNewRevision) => ({ definition: definition({ onNewRevision }) });
const codes = ({ decisions }: DefinitionStep) => decisions.map(({ code, commit }) => `${code} ${nameOf(commit)}`);

describe('a definition without a rollout', () => {
  it('and without a revision has nothing to do, and is not written', () => {
    const idle = record();
    expect(nextStep(idle, undefined, { now: T0, ids: newIds() })).toEqual({
      record: idle,
      decisions: [],
      effect: { kind: 'none' },
    });
  });

  it('submits what is pending, once that is written as running', () => {
    const { record: after, effect } = step({ pending, version: 4 });
    expect(after.pending).toBeUndefined();
    expect(after.running).toMatchObject({ revision: revision('b'), generation: 2, version: 4, submitted: false });
    expect(effect).toEqual({ kind: 'submit', running: after.running });
  });

  it('waits until the branch has stood still, and asks to be looked at then', () => {
    const waiting = step({ pending: { ...pending, notBefore: T0 + 10 * SECOND } });
    expect(waiting).toMatchObject({ effect: { kind: 'none' }, nextCheckAt: T0 + 10 * SECOND });
    expect(waiting.record.pending?.waiting).toMatchObject({ code: 'Debounce' });
    expect(step({ ...waiting.record }, undefined, T0 + 10 * SECOND).effect.kind).toBe('submit');
  });

  it('does not start what is held, says so once, and starts it when the hold is lifted', () => {
    const held = step({ pending, holds: [hold] });
    expect([held.effect.kind, ...codes(held)]).toEqual(['none', 'Held b']);
    expect(held.record.pending?.waiting).toMatchObject({
      code: 'OnHold',
      detail: expect.stringContaining('breaks the shop') as string,
    });
    const again = step(held.record, undefined, T0 + SECOND);
    expect([again.effect.kind, ...codes(again)]).toEqual(['none']);
    expect(step({ ...held.record, holds: [] }).effect.kind).toBe('submit');
  });
});

describe('a definition whose rollout is written as running', () => {
  const cut = { ...running, submitted: false };

  it('but does not exist submits it again, whatever is pending', () => {
    expect(step({ running: cut, pending }).effect).toEqual({ kind: 'submit', running: cut });
  });

  it('takes note once that it has started', () => {
    const started = step({ running: cut }, { status: 'Planning' });
    expect(codes(started)).toEqual(['Started a']);
    expect(started.decisions[0]?.rolloutId).toBe('now');
    expect(codes(step(started.record, { status: 'Running' }))).toEqual([]);
  });

  it.each(RolloutStatus.options.filter(hasEnded))(
    'that ended as %s goes on with what is pending, whatever the policy',
    (status) => {
      for (const onNewRevision of ['queue', 'supersede', 'ignoreWhileRunning'] as const) {
        const ended = step(
          { running: cut, pending, ...policy(onNewRevision) },
          { status, endedAt: T0 - 5, endReason: { code: status, detail: 'why' } },
        );
        expect(codes(ended)).toEqual(['Started a', 'Ended a']);
        expect(ended.decisions[1]?.detail).toBe(`${status}: why`);
        expect(ended.record).toMatchObject({
          last: { revision: revision('a'), rolloutId: 'now', status, endedAt: T0 - 5 },
          running: { revision: revision('b') },
        });
        expect(ended.effect.kind).toBe('submit');
      }
    },
  );
});

describe('a revision that comes while a rollout is at work', () => {
  it.each([
    ['Running', 'RolloutAtWork', 'has ended'],
    ['Planning', 'RolloutAtWork', 'has ended'],
    ['Soaking', 'RolloutAtWork', 'has ended'],
    ['Paused', 'RolloutPaused', 'resume or cancel'],
    ['Halted', 'RolloutHalted', 'resume or cancel'],
    ['WaitingForApproval', 'RolloutWaitsForApproval', 'approve or reject'],
  ] as const)('waits in line while it is %s, and says what to do', (status, code, says) => {
    const waiting = step({ running, pending }, { status });
    expect(waiting).toMatchObject({ effect: { kind: 'none' }, nextCheckAt: T0 + DEFINITION_CHECK_SECONDS * SECOND });
    expect(waiting.record.pending?.waiting).toMatchObject({ code, blockedBy: 'now' });
    expect(waiting.record.pending?.waiting?.detail).toContain(says);
  });

  it('is not written again while the reason stays the same, until it is due', () => {
    const first = step({ running, pending }, { status: 'Running' });
    const second = step(first.record, { status: 'Running' }, T0 + SECOND);
    expect(second.record).toEqual(first.record);
    expect(nextStep(first.record, { status: 'Running' }, { now: T0 + SECOND, ids: newIds() }).record).toBe(
      first.record,
    );
    const due = step(first.record, { status: 'Running' }, T0 + 2 * MINUTE);
    expect(due.record.pending?.waiting).toMatchObject({ since: T0, nextCheckAt: T0 + 3 * MINUTE });
    const halted = step(first.record, { status: 'Halted' }, T0 + SECOND);
    expect(halted.record.pending?.waiting).toMatchObject({ code: 'RolloutHalted', since: T0 + SECOND });
  });

  it('takes its place where the definition says so, under an id that stays', () => {
    const first = step({ running, pending, ...policy('supersede') }, { status: 'Halted' });
    const by = first.record.pending?.rolloutId;
    expect(first.effect).toEqual({ kind: 'supersede', rolloutId: 'now', by });
    expect(first.record.pending).toMatchObject({
      supersedes: 'now',
      waiting: { code: 'Superseding', blockedBy: 'now' },
    });
    expect(step(first.record, { status: 'Running', supersededBy: by! }).effect).toEqual(first.effect);
    const ended = step(first.record, { status: 'Superseded', supersededBy: by! });
    expect(ended.effect).toMatchObject({ kind: 'submit', running: { rolloutId: by, revision: revision('b') } });
  });

  it('does not take its place while it is held or has to stand still', () => {
    for (const changes of [{ holds: [hold] }, { pending: { ...pending, notBefore: T0 + SECOND } }]) {
      expect(step({ running, pending, ...policy('supersede'), ...changes }, { status: 'Running' }).effect.kind).toBe(
        'none',
      );
    }
  });

  it('is ignored where the definition says so, and does not start later', () => {
    const ignored = step(
      { running, pending, target: revision('b'), ...policy('ignoreWhileRunning') },
      { status: 'Running' },
    );
    expect(codes(ignored)).toEqual(['IgnoredWhileRunning b']);
    expect(step(ignored.record, { status: 'Succeeded' }).effect.kind).toBe('none');
    const told = new Told(ignored.record);
    expect(told.push(push('a', 'b'))).toEqual(['AlreadyKnown b']);
  });
});

describe('a submission', () => {
  const context = { now: T0, ids: newIds() };
  const cut = { ...running, submitted: false };

  it('that is refused leaves nothing running, and the reason', () => {
    const refused = noteRefused(record({ running: cut }), 'EmptySelection: no cluster', context);
    expect(refused.record.running).toBeUndefined();
    expect(refused.decisions).toMatchObject([
      { code: 'Refused', detail: 'EmptySelection: no cluster', commit: sha('a') },
    ]);
  });

  it('that another rollout is in the way of is next again, a while later', () => {
    const blocked = noteBlocked(record({ running: cut }), { code: 'OverlappingRollout', detail: 'x' }, context);
    expect(blocked.record.running).toBeUndefined();
    expect(blocked.decisions).toEqual([]);
    const { notBefore } = blocked.record.pending!;
    expect(notBefore).toBe(T0 + DEFINITION_CHECK_SECONDS * SECOND);
    expect(step(blocked.record, undefined, notBefore - 1)).toMatchObject({ effect: { kind: 'none' } });
    expect(step(blocked.record, undefined, notBefore)).toMatchObject({ effect: { kind: 'submit' } });
  });

  it('that another submission is in the way of is next again within seconds', () => {
    const blocked = noteBlocked(record({ running: cut }), { code: 'RolloutBeingSubmitted', detail: 'x' }, context);
    expect(blocked.record.pending).toMatchObject({
      notBefore: T0 + 5 * SECOND,
      waiting: { nextCheckAt: T0 + 5 * SECOND },
    });
  });

  it('that another rollout is in the way of gives way to what came meanwhile', () => {
    const blocked = noteBlocked(
      record({ running: cut, pending }),
      { code: 'OverlappingRollout', detail: 'x' },
      context,
    );
    expect(blocked.decisions).toMatchObject([{ code: 'Replaced', commit: sha('a') }]);
    expect(blocked.record.pending).toMatchObject({ revision: revision('b'), waiting: { code: 'OverlappingRollout' } });
  });

  it('that has got through although it was taken for blocked is found again', () => {
    const blocked = noteBlocked(record({ running: cut }), { code: 'OverlappingRollout', detail: 'x' }, context);
    const found = step(blocked.record, { status: 'Running' });
    expect(found.record).toMatchObject({ running: { rolloutId: 'now', submitted: true } });
    expect(codes(found)).toEqual(['Started a']);
  });
});

describe('any mix of pushes, looks, ends, holds and failed submissions', () => {
  const event = fc.oneof(
    { weight: 4, arbitrary: fc.constant('push' as const) },
    { weight: 8, arbitrary: fc.constant('look' as const) },
    { weight: 3, arbitrary: fc.constant('end' as const) },
    { weight: 1, arbitrary: fc.constantFrom('hold' as const, 'refuse' as const, 'block' as const, 'crash' as const) },
  );

  it('rolls out one revision at a time, each generation at most once, and ends on the last one', () => {
    const policies = fc.constantFrom<OnNewRevision>('queue', 'supersede');
    fc.assert(
      fc.property(policies, fc.array(event, { maxLength: 60 }), (onNewRevision, events) => {
        const world = new Machine(onNewRevision);
        for (const one of events) world.do(one);
        world.settle();
        expect(world.rolledOut.at(-1)).toBe(world.target);
        const made = world.told.decisions.filter(({ code }) => code === 'Pending').map(({ generation }) => generation);
        const ended = world.told.decisions.filter(({ code }) => ['Replaced', 'Ended', 'Refused'].includes(code));
        expect(ended.map(({ generation }) => generation).toSorted()).toEqual(made.toSorted());
      }),
      { numRuns: 1000 },
    );
  });
});
