import { describe, expect, it } from 'vitest';
import { reportStatus, showDeadStatus } from '../../../src/app/definitions/report-status.ts';
import { wakeOverdue } from '../../../src/app/wake-overdue.ts';
import { Transient } from '../../../src/contracts/errors.ts';
import { STATUSES_QUEUE } from '../../../src/contracts/queues.ts';
import type { RemoteFault } from '../../../src/ports/git-remote.ts';
import { MINUTE } from '../support.ts';
import { ASKED, atWork, SECRET, StatusBench } from './status-support.ts';
import { commitOf, pushTo } from './support.ts';

const ONE = commitOf(1);
const AWAY: RemoteFault = { kind: 'unavailable', code: 'HostUnavailable', detail: 'It is away.' };
const REFUSED: RemoteFault = { kind: 'refused', code: 'HostForbids', detail: 'It forbids that.' };

describe('a host that does not take it', () => {
  it('holds up nothing, and is told when it is back', async () => {
    const bench = await StatusBench.open();
    bench.commitStatuses.fault = AWAY;
    await bench.push(pushTo(ONE, { before: null }));
    await bench.pass(20 * MINUTE);
    const [rollout] = await bench.rollouts();
    expect(rollout?.status).toBe('Succeeded');
    expect(bench.sent).toEqual([]);
    bench.commitStatuses.fault = undefined;
    await bench.pass(90 * MINUTE);
    expect(bench.sent.at(-1)).toMatchObject({ state: 'success' });
    expect(await bench.codes()).not.toContain('StatusNotSet');
  });

  it('is told again after a minute, or after as long as it asks for', async () => {
    const bench = await atWork();
    const { rolloutId } = bench;
    const queue = bench.bus.queues.get(STATUSES_QUEUE)!;
    const waitOf = async (fault: RemoteFault, tries: number): Promise<number> => {
      while (queue.size > 0) {
        bench.clock.advance(MINUTE);
        bench.takeStatus();
      }
      bench.commitStatuses.fault = fault;
      await reportStatus(bench.deps, { schema: 1, rolloutId, tries });
      return (queue.nextVisibleAt()! - bench.clock.now()) / MINUTE;
    };
    expect(await waitOf(AWAY, 0)).toBeGreaterThanOrEqual(1);
    expect(await waitOf(AWAY, 0)).toBeLessThanOrEqual(2);
    expect(await waitOf(AWAY, 3)).toBeGreaterThanOrEqual(15);
    expect(await waitOf({ ...AWAY, retryAfterMs: 30 * MINUTE }, 0)).toBeGreaterThanOrEqual(30);
  });

  it('for good is noted with the definition in the end', async () => {
    const bench = await StatusBench.open();
    bench.commitStatuses.fault = AWAY;
    await bench.push(pushTo(ONE, { before: null }));
    await bench.pass(4 * 60 * MINUTE);
    const noted = (await bench.decisions()).filter(({ code }) => code === 'StatusNotSet');
    const [rollout] = await bench.rollouts();
    expect(noted).toMatchObject([
      { rolloutId: rollout!.id, commit: ONE, generation: 1, detail: 'HostUnavailable: It is away.' },
    ]);
    expect(bench.queued).toBe(0);
  });

  it('because it refuses is noted at once, and once', async () => {
    const bench = await StatusBench.open(ASKED, 20);
    bench.commitStatuses.fault = REFUSED;
    await bench.push(pushTo(ONE, { before: null }));
    await bench.pass(40 * MINUTE);
    expect((await bench.codes()).filter((code) => code === 'StatusNotSet')).toHaveLength(1);
    expect((await bench.rollouts())[0]?.status).toBe('Succeeded');
  });

  it('for lack of a secret is noted', async () => {
    const changes = { commitStatus: { provider: 'gitea', credentials: `${SECRET}-2` } };
    const expected = /^SecretNotFound/;
    const bench = await StatusBench.open(changes);
    await bench.push(pushTo(ONE, { before: null }));
    await bench.pass(10 * MINUTE);
    const noted = (await bench.decisions()).filter(({ code }) => code === 'StatusNotSet');
    expect(noted.map(({ detail }) => detail)).toEqual([expect.stringMatching(expected)]);
    expect(bench.sent).toEqual([]);
  });
});

describe('a bus that does not take it', () => {
  it('leaves the rollout alone, and the end is told once it does', async () => {
    const bench = await StatusBench.open();
    const send = bench.bus.sendStatuses.bind(bench.bus);
    bench.bus.sendStatuses = () => Promise.reject(new Transient('ServiceBusBusy', 'Busy.'));
    await bench.push(pushTo(ONE, { before: null }));
    await expect(bench.pass(20 * MINUTE)).rejects.toThrow('Busy.');
    expect((await bench.rollouts())[0]?.status).toBe('Succeeded');
    bench.bus.sendStatuses = send;
    await wakeOverdue(bench.deps);
    await bench.pass(MINUTE);
    expect(bench.sent).toMatchObject([{ state: 'success' }]);
  });

  it('because there is no such queue keeps no rollout from ending', async () => {
    const bench = await StatusBench.open();
    bench.bus.sendStatuses = () => Promise.reject(new Error('MessagingEntityNotFound'));
    await bench.push(pushTo(ONE, { before: null }));
    await bench.pass(20 * MINUTE);
    expect((await bench.rollouts())[0]?.status).toBe('Succeeded');
    expect((await bench.deps.index.active()).rollouts).toEqual([]);
  });
});

it('a message that died is noted with the definition', async () => {
  const bench = await atWork();
  const death = { reason: 'MaxDeliveryCountExceeded', description: 'A bug.' };
  await showDeadStatus(bench.deps, { schema: 1, rolloutId: bench.rolloutId, tries: 0 }, death);
  await showDeadStatus(bench.deps, { what: 'ever' }, death);
  const noted = (await bench.decisions()).filter(({ code }) => code === 'StatusNotSet');
  expect(noted).toMatchObject([{ rolloutId: bench.rolloutId, detail: expect.stringContaining('A bug.') as string }]);
});
