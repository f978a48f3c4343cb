import { advanceDefinition } from '../../../src/app/definitions/advance-definition.ts';
import { holdRevision } from '../../../src/app/definitions/hold-revision.ts';
import { putDefinition, type StoredDefinition } from '../../../src/app/definitions/put-definition.ts';
import { RevisionWorker } from '../../../src/app/definitions/receive-revision.ts';
import { DeliveryGate } from '../../../src/app/webhooks/gate.ts';
import { takePushes, type Told } from '../../../src/app/definitions/take-revision.ts';
import { wakeDefinitions } from '../../../src/app/definitions/wake-definitions.ts';
import type { Deps } from '../../../src/app/deps.ts';
import { wakeOverdue } from '../../../src/app/wake-overdue.ts';
import type { Decision, DefinitionRecord } from '../../../src/contracts/definition.ts';
import { RevisionMessage, type DeliveryMessage } from '../../../src/contracts/messages.ts';
import type { Push } from '../../../src/contracts/push.ts';
import { OPERATIONS_QUEUE, REVISIONS_QUEUE, ROLLOUTS_QUEUE } from '../../../src/contracts/queues.ts';
import type { Rollout } from '../../../src/contracts/rollout-state.ts';
import type { DeliveryRecord, DeliveryResult } from '../../../src/contracts/webhook.ts';
import { alice, Bench, idOf, MINUTE } from '../support.ts';
import { definition, REPOSITORY } from './records.ts';

/** Queues whose messages the bench hands out. */
const WORKED_ON = [OPERATIONS_QUEUE, ROLLOUTS_QUEUE, REVISIONS_QUEUE];

/** A commit by its number. */
export const commitOf = (n: number): string => n.toString(16).padStart(40, '0');

/** A push of `main` to a commit, as a provider without times tells it. */
export function pushTo(after: string | null, changes: Partial<Push> = {}): Push {
  return { source: 'git', repository: REPOSITORY, ref: { kind: 'branch', name: 'main' }, after, ...changes };
}

/** A port of which a test answers some calls itself. */
export function replaced<T extends object>(port: T, calls: Partial<T>): T {
  return new Proxy(port, {
    get: (real, key) => {
      const own: unknown = Reflect.get(calls, key);
      const value: unknown = own ?? Reflect.get(real, key);
      return typeof value === 'function' && own === undefined ? (value.bind(real) as unknown) : value;
    },
  });
}

/** Takes pushes of any repositories, as one delivery. */
export async function takeAll(deps: Deps, pushes: readonly Push[], told: Told): Promise<DeliveryResult[]> {
  const results: DeliveryResult[] = [];
  for (const [repository, own] of Map.groupBy(pushes, (push) => push.repository)) {
    results.push(...(await takePushes(deps, repository, [{ ...told, pushes: own }])).flat());
  }
  return results;
}

/** A bench with definitions: pushes arrive, the `revisions` queue is worked on, and everybody can see what came of it. */
export class DefinitionBench extends Bench {
  #deliveries = 0;

  async put(changes: Record<string, unknown> = {}, name = 'shop'): Promise<StoredDefinition> {
    return putDefinition(this.deps, { name, definition: definition(changes), actor: alice });
  }

  /** Takes pushes in, as the handler of a delivery does. */
  push(...pushes: Push[]): Promise<DeliveryResult[]> {
    return takeAll(this.deps, pushes, { receivedAt: this.clock.now() });
  }

  hold(revision: string, reason = 'breaks the login', name = 'shop') {
    return holdRevision(this.deps, { name, revision, reason, actor: alice });
  }

  /** A delivery that was accepted and claimed, and its message. */
  async claim(pushes: readonly Push[], deliveryId = `d${this.#deliveries++}`): Promise<DeliveryMessage> {
    const record: DeliveryRecord & { deliveryId: string } = {
      schema: 1,
      id: this.deps.ids.next(),
      at: this.clock.now(),
      provider: 'github',
      hook: 'github',
      deliveryId,
      outcome: 'Accepted',
      code: 'Push',
      detail: 'a push',
      pushes: [...pushes],
      reports: [],
      results: [],
      redeliveries: 0,
      unrecordedBefore: 0,
    };
    await this.deps.deliveries.claim(record);
    return { schema: 1, kind: 'delivery', hook: 'github', deliveryId, redelivery: 0 };
  }

  /** The same, listed as well. */
  async claimAndRecord(pushes: readonly Push[]): Promise<DeliveryMessage> {
    const message = await this.claim(pushes);
    await this.deps.deliveries.record((await this.deps.deliveries.claimed(message.hook, message.deliveryId))!);
    return message;
  }

  async record(name = 'shop'): Promise<DefinitionRecord> {
    return (await this.deps.definitions.read(name))!.value;
  }

  /** The whole history, oldest first. */
  async decisions(name = 'shop'): Promise<Decision[]> {
    return [...(await this.deps.definitions.decisions(name, { limit: 1000 })).items].reverse();
  }

  async codes(name?: string): Promise<string[]> {
    return (await this.decisions(name)).map(({ code }) => code);
  }

  /** Every rollout that a definition has started, oldest first. */
  async rollouts(): Promise<Rollout[]> {
    const { items } = await this.deps.index.list({ limit: 1000 });
    const all = await Promise.all(items.map(({ rolloutId }) => this.rollout(rolloutId)));
    return all
      .filter(({ definition: origin }) => origin !== undefined)
      .sort((one, other) => one.createdAt - other.createdAt);
  }

  /** Commits of those rollouts. */
  async rolledOut(): Promise<string[]> {
    return (await this.rollouts()).map(({ definition: origin }) => origin!.commit);
  }

  /** What a cluster is told to be on. */
  commitOn(cluster = 'c0'): string | undefined {
    const properties = this.azure.cluster(idOf(cluster))?.configurations.get('shop')?.properties;
    const git = properties?.['gitRepository'] as { repositoryRef?: { commit?: string } } | undefined;
    return git?.repositoryRef?.commit;
  }

  override async deliver(): Promise<boolean> {
    const others = await super.deliver();
    return (await this.deliverRevision()) || others;
  }

  /** Works on one message of `revisions` that is due. */
  async deliverRevision(deps: Deps = this.deps): Promise<boolean> {
    const queue = this.bus.queues.get(REVISIONS_QUEUE)!;
    const delivery = queue.receive(this.clock.now());
    if (delivery === undefined) return false;
    queue.complete(delivery, this.clock.now());
    await new RevisionWorker(deps, new DeliveryGate()).receive(RevisionMessage.parse(JSON.parse(delivery.body)));
    return true;
  }

  /** Lets time pass from message to message until none falls due for a while. */
  async settle(limitMs = 60 * MINUTE): Promise<void> {
    const end = this.clock.now() + limitMs;
    for (;;) {
      while (await this.deliver());
      const due = WORKED_ON.flatMap((name) => this.bus.queues.get(name)?.nextVisibleAt() ?? []);
      const next = Math.min(...due);
      if (next > end) return;
      this.clock.advance(Math.max(1, next - this.clock.now()));
    }
  }

  /** As `settle`; the timers, which find what was lost, come once in between. */
  async settleWithTimers(): Promise<void> {
    await this.settle();
    this.clock.advance(2 * MINUTE);
    await wakeOverdue(this.deps);
    await wakeDefinitions(this.deps);
    await this.settle();
  }

  advance(name = 'shop', deps: Deps = this.deps): Promise<void> {
    return advanceDefinition(deps, name);
  }
}
