import { Definition, type Decision, type DefinitionRecord } from '../../../src/contracts/definition.ts';
import type { Push } from '../../../src/contracts/push.ts';
import type { Decided } from '../../../src/core/definition/pending.ts';
import { takePush, type PushContext } from '../../../src/core/definition/take-push.ts';
import { request } from '../clusters.ts';

/** When the tests' present begins. */
export const T0 = Date.UTC(2026, 0, 1);
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const REPOSITORY = 'git.example/shop';

/** A full commit SHA that begins as it is called. */
export function sha(name: string): string {
  return Buffer.from(name).toString('hex').padEnd(40, '0');
}

/** A definition that follows `main`, without a debounce; `follows` replaces what it follows. */
export function definition({ follows, ...changes }: Record<string, unknown> = {}): Definition {
  const { name: _name, ...rollout } = request();
  const followed = { repository: 'https://git.example/shop', ...(follows ?? { branch: 'main' }) };
  return Definition.parse({ follows: followed, rollout, debounce: 0, ...changes });
}

export function record(changes: Partial<DefinitionRecord> = {}): DefinitionRecord {
  return {
    schema: 1,
    name: 'shop',
    id: '01JDEFINITION',
    version: 1,
    createdAt: T0,
    changedAt: T0,
    changedBy: { kind: 'key', name: 'alice' },
    definition: definition(),
    repository: REPOSITORY,
    holds: [],
    refs: [],
    generation: 0,
    ...changes,
  };
}

/** A push to `main` from `before` (null: it is new) to `after` (null: it is deleted), by the names of commits. */
export function push(before: string | null | undefined, after: string | null, changes: Partial<Push> = {}): Push {
  return {
    source: 'git',
    repository: REPOSITORY,
    ref: { kind: 'branch', name: 'main' },
    ...(before !== undefined && { before: before === null ? null : sha(before) }),
    after: after === null ? null : sha(after),
    ...changes,
  };
}

export function tag(name: string, commit: string | null, changes: Partial<Push> = {}): Push {
  return push(null, commit, { ref: { kind: 'tag', name }, ...changes });
}

/** Ids in the order they are asked for: `id-1`, `id-2` … */
export function newIds(): { next(): string } {
  let made = 0;
  return { next: () => `id-${++made}` };
}

/** A definition that pushes are told to, one a second unless time is let pass. */
export class Told {
  record: DefinitionRecord;
  readonly decisions: Decision[] = [];
  now = T0;
  readonly ids = newIds();

  constructor(start: DefinitionRecord = record()) {
    this.record = start;
  }

  /** @returns what was decided, as codes with the beginning of the commit's name. */
  push(one: Push, context: Partial<PushContext> = {}): string[] {
    this.now += SECOND;
    const { now, ids } = this;
    return this.take(takePush(this.record, one, { now, ids, receivedAt: now, ...context }));
  }

  take({ record: after, decisions }: Decided): string[] {
    this.record = after;
    this.decisions.push(...decisions);
    return decisions.map(({ code, commit }) => `${code} ${nameOf(commit)}`);
  }

  get target(): string | undefined {
    return this.record.target && nameOf(this.record.target.commit);
  }
}

/** The name that `sha` was given. */
export function nameOf(commit: string | null): string {
  return commit === null ? '-' : Buffer.from(commit, 'hex').toString().replaceAll('\0', '');
}
