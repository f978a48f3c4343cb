import type { DeferredRow, LiveRow, OriginalRow, ResultRow, Target } from '../../contracts/cluster-rows.ts';
import type { Command } from '../../contracts/command.ts';
import type { EventRow } from '../../contracts/event.ts';
import { TRANSACTION_ENTITIES_MAX } from '../../contracts/limits.ts';
import type { RolloutRequest } from '../../contracts/rollout-request.ts';
import type { Rollout } from '../../contracts/rollout-state.ts';
import type { NewRollout, Step } from '../../ports/rollout-store.ts';
import type { Versioned } from '../../ports/versioned.ts';
import type { FrozenCopy } from './frozen-copy.ts';
import { VersionedMap } from './versioned-map.ts';

const HEADER = 'header';

/** The rows of one rollout. */
export class RolloutPartition {
  readonly header: VersionedMap<typeof HEADER, Rollout>;
  readonly request: RolloutRequest;
  readonly targets: readonly Target[];
  readonly commands: VersionedMap<string, Command>;
  readonly live: VersionedMap<number, LiveRow>;
  readonly results: VersionedMap<number, ResultRow>;
  readonly deferred: VersionedMap<number, DeferredRow>;
  readonly originals: VersionedMap<string, OriginalRow>;
  readonly events: VersionedMap<number, EventRow>;

  constructor(copy: FrozenCopy, { rollout, request, targets, event }: NewRollout) {
    this.header = new VersionedMap(copy);
    this.header.set(HEADER, rollout);
    this.request = copy(request);
    this.targets = copy(targets);
    this.commands = new VersionedMap(copy);
    this.live = new VersionedMap(copy);
    this.results = new VersionedMap(copy);
    this.deferred = new VersionedMap(copy);
    this.originals = new VersionedMap(copy);
    this.events = new VersionedMap(copy);
    this.events.set(event.sequence, event);
  }

  get rollout(): Versioned<Rollout> {
    const row = this.header.get(HEADER);
    if (row === undefined) throw new Error('A partition has a header from the start.');
    return row;
  }

  /** All of the step, or nothing when a row is not as the step wants it. Throws on a step that no store could commit. */
  commit(step: Step): 'committed' | 'conflict' {
    checkStep(step);
    if (!this.#allows(step)) return 'conflict';
    this.header.set(HEADER, step.rollout.value);
    for (const row of step.insertLive) this.live.set(row.ordinal, row);
    for (const { value } of step.updateLive) this.live.set(value.ordinal, value);
    for (const { value } of step.deleteLive) this.live.delete(value.ordinal);
    for (const row of step.insertResults) this.results.set(row.ordinal, row);
    for (const { value } of step.updateResults) this.results.set(value.ordinal, value);
    for (const row of step.insertDeferred) this.deferred.set(row.ordinal, row);
    for (const ordinal of step.deleteDeferred) this.deferred.delete(ordinal);
    for (const id of step.deleteCommands) this.commands.delete(id);
    if (step.event !== undefined) this.events.set(step.event.sequence, step.event);
    return 'committed';
  }

  #allows(step: Step): boolean {
    const { live, results, deferred, commands, events } = this;
    return (
      this.header.isAt(HEADER, step.rollout.version) &&
      step.insertLive.every(({ ordinal }) => !live.has(ordinal)) &&
      [...step.updateLive, ...step.deleteLive].every(({ value, version }) => live.isAt(value.ordinal, version)) &&
      step.insertResults.every(({ ordinal }) => !results.has(ordinal)) &&
      step.updateResults.every(({ value, version }) => results.isAt(value.ordinal, version)) &&
      step.insertDeferred.every(({ ordinal }) => !deferred.has(ordinal)) &&
      step.deleteDeferred.every((ordinal) => deferred.has(ordinal)) &&
      step.deleteCommands.every((id) => commands.has(id)) &&
      (step.event === undefined || !events.has(step.event.sequence))
    );
  }
}

/** What the service refuses of a transaction: too many rows, or one row twice. */
function checkStep(step: Step): void {
  const rows = [
    'header',
    ...step.insertLive.map(({ ordinal }) => `live ${ordinal}`),
    ...[...step.updateLive, ...step.deleteLive].map(({ value }) => `live ${value.ordinal}`),
    ...step.insertResults.map(({ ordinal }) => `result ${ordinal}`),
    ...step.updateResults.map(({ value }) => `result ${value.ordinal}`),
    ...step.insertDeferred.map(({ ordinal }) => `deferred ${ordinal}`),
    ...step.deleteDeferred.map((ordinal) => `deferred ${ordinal}`),
    ...step.deleteCommands.map((id) => `command ${id}`),
    ...(step.event === undefined ? [] : ['event']),
  ];
  if (rows.length > TRANSACTION_ENTITIES_MAX) {
    throw new Error(`A step of ${rows.length} rows is too large: at most ${TRANSACTION_ENTITIES_MAX} fit.`);
  }
  if (new Set(rows).size < rows.length) {
    const twice = rows.find((row, index) => rows.indexOf(row) < index);
    throw new Error(`The step writes row '${twice}' twice.`);
  }
}
