import type { Decision, DefinitionRecord } from '../../contracts/definition.ts';
import type { Push } from '../../contracts/push.ts';
import type { DeliveryResult } from '../../contracts/webhook.ts';
import type { PollOutcome } from '../../core/definition/poll.ts';
import { takePush, type PushContext } from '../../core/definition/take-push.ts';
import type { Deps } from '../deps.ts';
import { changeDefinition } from './change-definition.ts';
import { RecentDefinitions } from './recent-definitions.ts';
import { wakeDefinition } from './wake-definition.ts';

/** Pushes taken into a definition in one write: each leaves up to three decisions, and a write has at most 100 rows. Ours. */
const PUSHES_PER_WRITE = 30;

/** How pushes were told. */
export interface Told {
  /** Our id of the delivery. */
  readonly deliveryId?: string;
  readonly receivedAt: number;
}

/** What one delivery told of one repository. */
export interface Telling extends Told {
  readonly pushes: readonly Push[];
}

/** One push with what it was told by. */
interface ToldPush extends Told, Pick<PushContext, 'polled'> {
  readonly push: Push;
  /** Which of the tellings. */
  readonly of: number;
}

/**
 * Takes what deliveries told of one repository into every definition that follows it, and wakes those that have something to start.
 * Repeatable: what was told twice is known already.
 *
 * @returns for each telling what its pushes came to, for each definition that follows their ref.
 * @throws Transient when the store does not answer, or one definition is changed by too many at once.
 */
export async function takePushes(
  deps: Deps,
  repository: string,
  tellings: readonly Telling[],
  recent = new RecentDefinitions(),
): Promise<DeliveryResult[][]> {
  const results: DeliveryResult[][] = tellings.map(() => []);
  const all = tellings.flatMap(({ pushes, ...told }, of) => pushes.map((push) => ({ push, of, ...told })));
  for (const name of await recent.followers(deps, repository)) {
    for (const [of, result] of await takeInto(deps, name, all, recent)) results[of]?.push(result);
  }
  return results;
}

async function takeInto(
  deps: Deps,
  name: string,
  pushes: readonly ToldPush[],
  recent: RecentDefinitions,
): Promise<[number, DeliveryResult][]> {
  const results: [number, DeliveryResult][] = [];
  for (let from = 0; from < pushes.length; from += PUSHES_PER_WRITE) {
    const some = pushes.slice(from, from + PUSHES_PER_WRITE);
    const take = (record: DefinitionRecord): ReturnType<typeof fold> | undefined => {
      const folded = fold(deps, record, some);
      return folded.decisions.length === 0 ? undefined : folded;
    };
    const taken = await changeDefinition(deps, name, take, recent);
    if (taken === undefined) continue;
    results.push(...taken.outcomes.map(({ of, decision }): [number, DeliveryResult] => [of, resultOf(name, decision)]));
    await wakeIfPending(deps, taken);
  }
  return results;
}

/**
 * Takes what a poll has shown into one definition.
 *
 * @param compare holds what was read against the definition as it is stored now, undefined to leave it alone; called anew for each try.
 * @throws Transient as `takePushes`.
 */
export async function takePolled(
  deps: Deps,
  name: string,
  compare: (record: DefinitionRecord) => PollOutcome | undefined,
): Promise<void> {
  const taken = await changeDefinition(deps, name, (stored) => {
    const outcome = compare(stored);
    if (outcome === undefined) return undefined;
    const told = { receivedAt: deps.clock.now(), polled: true, of: 0 };
    const pushes = outcome.pushes.map((push) => ({ push, ...told }));
    const { before, record, decisions } = fold(deps, stored, pushes);
    return { before, record: { ...record, polled: outcome.polled }, decisions };
  });
  if (taken !== undefined) await wakeIfPending(deps, taken);
}

interface Folded {
  readonly before: DefinitionRecord;
  readonly record: DefinitionRecord;
  readonly decisions: Decision[];
}

function fold(
  { clock, ids }: Deps,
  before: DefinitionRecord,
  pushes: readonly ToldPush[],
): Folded & { outcomes: { of: number; decision: Decision }[] } {
  const context = { now: clock.now(), ids };
  let record = before;
  const all: Decision[] = [];
  const outcomes: { of: number; decision: Decision }[] = [];
  for (const { push, of, ...told } of pushes) {
    const taken = takePush(record, push, { ...told, ...context });
    record = taken.record;
    all.push(...taken.decisions);
    // What is decided about the push itself comes last.
    outcomes.push(...taken.decisions.slice(-1).map((decision) => ({ of, decision })));
  }
  return { before, record, decisions: all, outcomes };
}

function resultOf(definition: string, { code, detail, rolloutId }: Decision): DeliveryResult {
  return { definition, code, detail, ...(rolloutId !== undefined && { rolloutId }) };
}

/** A revision that waits has a wake-up on its way already, which looks again when it finds that the start was moved on (law 13). */
async function wakeIfPending(deps: Deps, { before, record: { name, pending } }: Folded): Promise<void> {
  if (pending === undefined) return;
  const now = deps.clock.now();
  const isMovedOn = before.pending !== undefined && before.pending.notBefore <= pending.notBefore;
  if (pending.notBefore <= now || !isMovedOn) await wakeDefinition(deps, name, Math.max(pending.notBefore, now));
}
