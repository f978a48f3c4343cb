import type { Decision, DefinitionRecord } from '../../contracts/definition.ts';
import type { Push } from '../../contracts/push.ts';
import type { DeliveryResult } from '../../contracts/webhook.ts';
import type { PollOutcome } from '../../core/definition/poll.ts';
import { takePush, type PushContext } from '../../core/definition/take-push.ts';
import type { Deps } from '../deps.ts';
import { changeDefinition } from './change-definition.ts';
import { wakeDefinition } from './wake-definition.ts';

/** Pushes taken into a definition in one write: each leaves up to three decisions, and a write has at most 100 rows. Ours. */
const PUSHES_PER_WRITE = 30;

/** How pushes were told. */
export interface Told {
  /** Our id of the delivery. */
  readonly deliveryId?: string;
  readonly receivedAt: number;
}

/**
 * Takes pushes into every definition that follows their repository, and wakes those that have something to start. Repeatable: what
 * was told twice is known already.
 *
 * @returns what each push came to, for each definition that follows its ref.
 * @throws Transient when the store does not answer, or one definition is changed by too many at once.
 */
export async function takePushes(deps: Deps, pushes: readonly Push[], told: Told): Promise<DeliveryResult[]> {
  const results: DeliveryResult[] = [];
  for (const [repository, moves] of Map.groupBy(pushes, (push) => push.repository)) {
    for (const name of await deps.definitions.followers(repository)) {
      results.push(...(await takeInto(deps, name, moves, told)));
    }
  }
  return results;
}

async function takeInto(deps: Deps, name: string, pushes: readonly Push[], told: Told): Promise<DeliveryResult[]> {
  const results: DeliveryResult[] = [];
  for (let from = 0; from < pushes.length; from += PUSHES_PER_WRITE) {
    const some = pushes.slice(from, from + PUSHES_PER_WRITE);
    const taken = await changeDefinition(deps, name, (record) => {
      const folded = fold(deps, record, some, told);
      return folded.decisions.length === 0 ? undefined : folded;
    });
    if (taken === undefined) continue;
    results.push(...taken.outcomes.map((decision) => resultOf(name, decision)));
    await wakeIfPending(deps, taken.record);
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
    const told = { receivedAt: deps.clock.now(), polled: true };
    const { record, decisions } = fold(deps, stored, outcome.pushes, told);
    return { record: { ...record, polled: outcome.polled }, decisions };
  });
  if (taken !== undefined) await wakeIfPending(deps, taken.record);
}

function fold(
  { clock, ids }: Deps,
  before: DefinitionRecord,
  pushes: readonly Push[],
  told: Told & Pick<PushContext, 'polled'>,
): { record: DefinitionRecord; decisions: Decision[]; outcomes: Decision[] } {
  const context = { ...told, now: clock.now(), ids };
  let record = before;
  const all: Decision[] = [];
  const outcomes: Decision[] = [];
  for (const push of pushes) {
    const taken = takePush(record, push, context);
    record = taken.record;
    all.push(...taken.decisions);
    // What is decided about the push itself comes last.
    outcomes.push(...taken.decisions.slice(-1));
  }
  return { record, decisions: all, outcomes };
}

function resultOf(definition: string, { code, detail, rolloutId }: Decision): DeliveryResult {
  return { definition, code, detail, ...(rolloutId !== undefined && { rolloutId }) };
}

async function wakeIfPending(deps: Deps, { name, pending }: DefinitionRecord): Promise<void> {
  if (pending !== undefined) await wakeDefinition(deps, name, Math.max(pending.notBefore, deps.clock.now()));
}
