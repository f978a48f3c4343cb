import { expect } from 'vitest';
import type { OnNewRevision } from '../../../src/contracts/definition.ts';
import { nextStep, type DefinitionStep, type RunningRollout } from '../../../src/core/definition/next-step.ts';
import { noteBlocked, noteRefused } from '../../../src/core/definition/submitted.ts';
import { definition, MINUTE, nameOf, push, record, SECOND, T0, Told } from './support.ts';

const BOB = { kind: 'key', name: 'bob' } as const;

/** A definition with the rollouts that it submits; each of them ends when it is told to, or a look after it was superseded. */
export class Machine {
  readonly told: Told;
  readonly rollouts = new Map<string, { commit: string; status: RunningRollout['status'] }>();
  readonly rolledOut: string[] = [];
  #pushes = 0;
  #next: 'refuse' | 'block' | 'crash' | undefined;

  constructor(onNewRevision: OnNewRevision) {
    this.told = new Told(record({ definition: definition({ onNewRevision, debounce: 2 }) }));
  }

  get target(): string | undefined {
    return this.told.target;
  }

  do(what: 'push' | 'look' | 'end' | 'hold' | 'refuse' | 'block' | 'crash'): void {
    switch (what) {
      case 'push':
        this.told.push(push(`c${this.#pushes}`, `c${++this.#pushes}`));
        return;
      case 'look':
        return this.look();
      case 'end':
        return this.end('Succeeded');
      case 'hold': {
        const { holds, target } = this.told.record;
        const held =
          holds.length > 0 || target === undefined ? [] : [{ revision: target.commit, reason: 'x', by: BOB, at: T0 }];
        this.told.record = { ...this.told.record, holds: held };
        return;
      }
      case 'refuse':
      case 'block':
      case 'crash':
        this.#next = what;
    }
  }

  look(): void {
    const { told } = this;
    told.now += SECOND;
    const { running, pending: next } = told.record;
    const header = this.rollouts.get((running ?? next)?.rolloutId ?? '');
    const taken = nextStep(told.record, header, told);
    told.take(taken);
    if (taken.effect.kind === 'submit') this.submit(taken.effect.running);
    if (taken.effect.kind === 'supersede') this.end('Superseded');
  }

  submit({ rolloutId, revision: { commit } }: Extract<DefinitionStep['effect'], { kind: 'submit' }>['running']): void {
    const what = this.#next;
    this.#next = undefined;
    if (what === 'crash') return;
    const blocker = { code: 'OverlappingRollout', detail: 'x' };
    if (what === 'block') this.told.take(noteBlocked(this.told.record, blocker, this.told));
    else if (what === 'refuse' && commit !== this.told.record.target?.commit) {
      this.told.take(noteRefused(this.told.record, 'x', this.told));
    } else if (!this.rollouts.has(rolloutId)) {
      expect([...this.rollouts.values()].filter(({ status }) => status === 'Running')).toEqual([]);
      this.rollouts.set(rolloutId, { commit, status: 'Running' });
      this.rolledOut.push(nameOf(commit));
    }
  }

  end(status: 'Succeeded' | 'Superseded'): void {
    const { rolloutId } = this.told.record.running ?? {};
    const rollout = this.rollouts.get(rolloutId ?? '');
    if (rollout?.status === 'Running') rollout.status = status;
  }

  /** No more trouble, and time enough. */
  settle(): void {
    this.#next = undefined;
    this.told.record = { ...this.told.record, holds: [] };
    for (let looks = 0; looks < 20; looks++) {
      this.told.now += MINUTE;
      this.look();
      this.end('Succeeded');
    }
    expect(this.told.record.pending).toBeUndefined();
  }
}
