import { reportStatus } from '../../../src/app/definitions/report-status.ts';
import type { DefinitionRecord } from '../../../src/contracts/definition.ts';
import { CommitStatusMessage } from '../../../src/contracts/messages.ts';
import { STATUSES_QUEUE } from '../../../src/contracts/queues.ts';
import type { CommitStatusUpdate } from '../../../src/ports/commit-statuses.ts';
import { SECOND } from '../support.ts';
import { commitOf, DefinitionBench, pushTo } from './support.ts';

export const SECRET = 'https://kv-flotilla.vault.azure.net/secrets/git';
/** Part of a definition whose rollouts tell their commits. */
export const ASKED = { commitStatus: { provider: 'gitea', credentials: SECRET } };

/** A bench whose `statuses` queue is worked on, too. */
export class StatusBench extends DefinitionBench {
  /** When each status was sent. */
  readonly sentAt: number[] = [];

  static async open(changes: Record<string, unknown> = ASKED, clusters = 1): Promise<StatusBench> {
    const bench = new StatusBench(Array.from({ length: clusters }, () => ({})));
    bench.secrets.values.set(SECRET, 'canary-5e1d');
    await bench.put({ debounce: 0, ...changes });
    return bench;
  }

  get sent(): readonly CommitStatusUpdate[] {
    return this.commitStatuses.sent;
  }

  get queued(): number {
    return this.bus.queues.get(STATUSES_QUEUE)!.size;
  }

  override async deliver(): Promise<boolean> {
    const others = await super.deliver();
    const message = this.takeStatus();
    if (message === undefined) return others;
    const before = this.sent.length;
    await reportStatus(this.deps, message);
    this.sentAt.push(...this.sent.slice(before).map(() => this.clock.now()));
    return true;
  }

  /** The next message that is due, taken off the queue. */
  takeStatus(): CommitStatusMessage | undefined {
    const queue = this.bus.queues.get(STATUSES_QUEUE)!;
    const delivery = queue.receive(this.clock.now());
    if (delivery === undefined) return undefined;
    queue.complete(delivery, this.clock.now());
    return CommitStatusMessage.parse(JSON.parse(delivery.body));
  }

  /** Changes the stored definition as nobody could. */
  async edit(change: (record: DefinitionRecord) => DefinitionRecord): Promise<void> {
    const { value, version } = (await this.deps.definitions.read('shop'))!;
    await this.deps.definitions.write({ record: change(value), version, addDecisions: [] });
  }

  /** Lets time pass in steps, so that scheduled statuses arrive too. */
  async pass(ms: number): Promise<void> {
    const end = this.clock.now() + ms;
    for (;;) {
      while (await this.deliver());
      if (this.clock.now() >= end) return;
      this.clock.advance(SECOND);
    }
  }
}

/** A rollout that is at work, and the message that is to tell its commit. */
export async function atWork(changes: Record<string, unknown> = ASKED): Promise<StatusBench & { rolloutId: string }> {
  const bench = await StatusBench.open(changes);
  await bench.push(pushTo(commitOf(1), { before: null }));
  await bench.pass(5 * SECOND);
  const [rollout] = await bench.rollouts();
  return Object.assign(bench, { rolloutId: rollout!.id });
}
