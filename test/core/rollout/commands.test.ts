import { describe, expect, it } from 'vitest';
import { CommandKind } from '../../../src/contracts/command.ts';
import { RolloutStatus, type Rollout, type Stop } from '../../../src/contracts/rollout-state.ts';
import { judgeCommand } from '../../../src/core/rollout/commands.ts';
import { alice, bob, command, ordinals, rollout, stage } from './support/builders.ts';
import { given } from './support/given.ts';

const gate = { quorum: 2, requesterMayApprove: false };
const STOPS: Partial<Record<RolloutStatus, Stop>> = { Paused: 'pause', Halted: 'halt' };

function at(status: RolloutStatus, stop: Stop = STOPS[status] ?? 'none'): Rollout {
  const gated = stage(1, {
    phase: status === 'WaitingForApproval' ? 'GateBefore' : 'Running',
    gates: { before: gate },
  });
  return rollout([gated], { status, stop });
}

/** Which commands each state takes: the rest is refused with the states that do. */
const TABLE: Record<RolloutStatus, readonly CommandKind[]> = {
  Planning: ['pause', 'cancel'],
  WaitingForApproval: ['pause', 'cancel', 'approve', 'reject'],
  Running: ['pause', 'cancel'],
  Soaking: ['pause', 'cancel'],
  Paused: ['resume', 'cancel'],
  Halted: ['resume', 'cancel'],
  Succeeded: [],
  CompletedWithFailures: [],
  Failed: [],
  Cancelled: [],
  Superseded: [],
};

describe('judgeCommand', () => {
  it.each(RolloutStatus.options.flatMap((status) => CommandKind.options.map((kind) => ({ status, kind }))))(
    '$kind in $status',
    ({ status, kind }) => {
      const problem = judgeCommand(at(status), { kind, actor: bob });
      if (TABLE[status].includes(kind)) expect(problem).toBeUndefined();
      else {
        expect(problem).toMatchObject({ code: 'CommandNotAllowed' });
        expect(problem?.allowedIn).toEqual(RolloutStatus.options.filter((one) => TABLE[one].includes(kind)));
      }
    },
  );

  it.each([
    { stop: 'pause', refused: ['pause', 'approve', 'reject'] },
    { stop: 'halt', refused: ['pause', 'approve', 'reject'] },
    { stop: 'cancel', refused: CommandKind.options },
  ] as const)('counts a $stop from the moment it is decided, whatever the status shows', ({ stop, refused }) => {
    const answers = CommandKind.options.filter(
      (kind) => judgeCommand(at('WaitingForApproval', stop), { kind, actor: bob }) !== undefined,
    );
    expect(new Set(answers)).toEqual(new Set(refused));
  });

  it.each(RolloutStatus.options)('supersedes in %s what can be cancelled', (status) => {
    const judge = (kind: 'cancel' | 'supersede') => judgeCommand(at(status), { kind, actor: bob });
    expect(judge('supersede')?.code).toBe(judge('cancel')?.code);
    expect(judgeCommand(at(status, 'cancel'), { kind: 'supersede', actor: bob })?.code).toBe('CommandNotAllowed');
  });

  it('tells a requester apart by kind and name', () => {
    const waiting = at('WaitingForApproval');
    const judge = (actor: Parameters<typeof judgeCommand>[1]['actor']) =>
      judgeCommand(waiting, { kind: 'approve', actor })?.code;
    expect(judge(alice)).toBe('RequesterMayNotApprove');
    expect(judge({ kind: 'queue', name: 'alice' })).toBeUndefined();
    expect(judge(bob)).toBeUndefined();
  });

  it('cannot tell callers of the local cloud apart, and takes each of their approvals', () => {
    const local = { kind: 'local', name: 'local' } as const;
    const waiting = { ...at('WaitingForApproval'), createdBy: local };
    const once = given(waiting).when({ commands: [command('approve', local)] }).decision;
    expect(judgeCommand(once.rollout, { kind: 'approve', actor: local })).toBeUndefined();
  });

  it('takes the word of one person once per gate', () => {
    const once = given(at('WaitingForApproval')).when({ commands: [command('approve', bob)] }).decision;
    expect(judgeCommand(once.rollout, { kind: 'approve', actor: bob })).toMatchObject({ code: 'AlreadyApproved' });
  });
});

describe('stored commands', () => {
  it('are consumed in order', () => {
    given(at('Running'))
      .when({ commands: [command('pause'), command('resume'), command('pause', alice)] })
      .then({ rollout: { status: 'Paused' }, events: ['RolloutPaused', 'RolloutResumed', 'RolloutPaused'] });
  });

  it('that no longer fit stay in the audit trail, with who and why', () => {
    const refused = { ...command('resume', bob), reason: 'fixed the repository' };
    const { decision } = given(at('Running')).when({ commands: [refused] });
    expect(decision.consumed).toEqual([refused.id]);
    expect(decision.events).toMatchObject([{ type: 'CommandRefused', actor: bob, code: 'CommandNotAllowed' }]);
    expect(decision.events[0]?.detail).toMatch(/^resume: .*\(fixed the repository\)$/);
  });

  it('keep the reason of the person who gave them', () => {
    const { decision } = given(at('Running')).when({ commands: [{ ...command('pause'), reason: 'freeze' }] });
    expect(decision.rollout.stopReason).toEqual({ code: 'PausedByPerson', detail: 'freeze' });
    expect(decision.events).toMatchObject([{ type: 'RolloutPaused', actor: bob, detail: 'freeze' }]);
  });

  it('beyond what one commit holds wait for the next one', () => {
    const many = ordinals(120).map((n) => command(n % 2 === 0 ? 'pause' : 'resume', bob, `c${n}`));
    const { decision } = given(at('Running')).when({ commands: many });
    expect(decision.consumed).toEqual(many.slice(0, 98).map(({ id }) => id));
    expect(decision.more).toBe(true);
  });

  it('reject cancels the rollout with the reason', () => {
    given(at('WaitingForApproval'))
      .when({ commands: [{ ...command('reject'), reason: 'too risky' }] })
      .then({ rollout: { status: 'Cancelled', endReason: { code: 'Rejected', detail: 'too risky' } } });
  });
});
