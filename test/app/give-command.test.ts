import { describe, expect, it } from 'vitest';
import { giveCommand } from '../../src/app/give-command.ts';
import type { Actor } from '../../src/contracts/actor.ts';
import type { CommandKind, CommandRequest } from '../../src/contracts/command.ts';
import { Refusal } from '../../src/contracts/errors.ts';
import { alice, Bench, bob, SECOND } from './support.ts';

const carol: Actor = { kind: 'key', name: 'carol' };
const gated = (approval: Record<string, unknown> = {}) => ({
  strategy: { stages: [{ name: 'all', gates: { before: { approval } } }] },
});

async function waiting(changes: Record<string, unknown>) {
  const bench = new Bench([{}, {}]);
  const rollout = await bench.submitAndPlan(changes);
  const give = (kind: CommandKind, actor: Actor = bob, request: CommandRequest = {}) =>
    giveCommand(bench.deps, { rolloutId: rollout.id, kind, actor, request });
  const refused = async (...call: Parameters<typeof give>): Promise<Pick<Refusal, 'status' | 'code'>> => {
    const error = await give(...call).catch((thrown: unknown) => thrown);
    if (!(error instanceof Refusal)) throw new Error('not refused');
    return { status: error.status, code: error.code };
  };
  return { bench, rollout, give, refused };
}

describe('a command', () => {
  it('to a rollout that is not there is 404', async () => {
    const { deps } = new Bench([]);
    await expect(giveCommand(deps, { rolloutId: 'x', kind: 'pause', actor: bob, request: {} })).rejects.toMatchObject({
      status: 404,
      code: 'RolloutNotFound',
    });
  });

  it('that the state does not allow is 409, and is not stored', async () => {
    const { bench, rollout, refused } = await waiting({});
    for (const kind of ['resume', 'approve', 'reject'] as const)
      expect(await refused(kind)).toEqual({ status: 409, code: 'CommandNotAllowed' });
    expect((await bench.deps.store.load(rollout.id))?.commands).toEqual([]);
  });

  it('has taken effect when it is answered: nothing is written after an acknowledged pause', async () => {
    const { bench, rollout, give } = await waiting({ strategy: { maxConcurrency: 2, stages: [{ name: 'all' }] } });
    expect((await give('pause')).status).toBe('Paused');
    bench.clock.advance(SECOND);
    await bench.run(rollout.id, 300 * SECOND);
    expect(bench.writes).toEqual([]);
    expect((await give('resume')).status).toBe('Running');
    expect((await bench.run(rollout.id)).status).toBe('Succeeded');
    expect(bench.writes).toHaveLength(2);
  });

  it('to cancel ends the rollout at once when nothing is in flight', async () => {
    const { bench, rollout, give } = await waiting({});
    expect((await give('cancel', bob, { reason: 'wrong repository' })).status).toBe('Cancelled');
    expect((await bench.deps.index.active()).rollouts).toEqual([]);
    const events = (await bench.deps.store.events(rollout.id, 0, 50)).flatMap((row) => row.events);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'CancelRequested', actor: bob, detail: 'wrong repository' }),
    );
  });

  it('after the end is 409', async () => {
    const { bench, rollout, refused } = await waiting({});
    await bench.run(rollout.id);
    expect(await refused('cancel')).toEqual({ status: 409, code: 'CommandNotAllowed' });
  });
});

describe('an approval', () => {
  it('opens the gate', async () => {
    const { bench, rollout, give } = await waiting(gated());
    expect(rollout.status).toBe('WaitingForApproval');
    expect((await give('approve')).status).toBe('Running');
    expect((await bench.run(rollout.id)).status).toBe('Succeeded');
  });

  it('of the requester is 403', async () => {
    const { refused } = await waiting(gated());
    expect(await refused('approve', alice)).toEqual({ status: 403, code: 'RequesterMayNotApprove' });
  });

  it('needs as many people as the quorum, each once', async () => {
    const { give, refused } = await waiting(gated({ quorum: 2 }));
    expect((await give('approve', bob)).status).toBe('WaitingForApproval');
    expect(await refused('approve', bob)).toEqual({ status: 409, code: 'AlreadyApproved' });
    expect((await give('approve', carol)).status).toBe('Running');
  });

  it('of another plan than the stored one is 409', async () => {
    const { rollout, give, refused } = await waiting(gated());
    expect(await refused('approve', bob, { planHash: 'other' })).toEqual({ status: 409, code: 'PlanChanged' });
    expect((await give('approve', bob, { planHash: rollout.planHash })).status).toBe('Running');
  });

  it('refused ends the rollout without a write', async () => {
    const { bench, rollout, give } = await waiting(gated());
    expect((await give('reject', bob, { reason: 'too risky' })).endReason).toEqual({
      code: 'Rejected',
      detail: 'too risky',
    });
    await bench.run(rollout.id);
    expect(bench.writes).toEqual([]);
  });
});
