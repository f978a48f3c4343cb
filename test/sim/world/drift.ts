import { Refusal } from '../../../src/contracts/errors.ts';
import type { Actor } from '../../../src/contracts/actor.ts';
import { isUnderWay } from '../../../src/app/bindings/start-evaluations.ts';
import type { MemoryPolicy } from '../../../src/adapters/memory/policy.ts';
import type { BindingRecord } from '../../../src/contracts/policy-binding.ts';
import { isOpen } from '../../../src/core/bindings/measure-state.ts';
import type { Deps } from '../../../src/app/deps.ts';
import type { Invocation } from '../kernel/invocation.ts';
import { isComplete, type ComplianceRecorder } from './compliance-recorder.ts';
import type { BindingAsk } from './draw-drift.ts';
import type { Mirror } from './facts.ts';
import type { Stage } from './people.ts';

const MINUTE_MS = 60_000;
/** After the faults stopped, a binding still acts once on the last sweep: its schedule is 15 minutes, the timer's 5. */
export const DRIFT_SETTLING_MS = 30 * MINUTE_MS;
const TRIES_MAX = 4;
const PERSON: Actor = { kind: 'key', name: 'ada' };

/** Sweeps and bindings as people, and the timer, ask for them. */
export function bringDrift(stage: Stage): void {
  const { kernel, scenario } = stage;
  for (const atMs of scenario.drift?.sweeps ?? []) kernel.after(atMs, () => sweep(stage), 'sweep');
  for (const ask of scenario.drift?.asks ?? []) {
    kernel.after(ask.atMs, () => attempt(stage, `${ask.what} binding ${ask.name}`, asked(stage, ask), 0), 'binding');
  }
}

/** One sweep that no fault disturbs: what it sees is the last that bindings act on. */
export function sweepLast({ kernel, scenario, ...stage }: Stage): void {
  if (scenario.drift !== undefined) kernel.after(MINUTE_MS, () => sweep({ ...stage, kernel, scenario }), 'last sweep');
}

/** Two sweeps when nothing happens any more. */
export function sweepQuietly({ kernel, scenario, ...stage }: Stage): void {
  if (scenario.drift === undefined) return;
  for (const minutes of [1, 8]) {
    kernel.after(minutes * MINUTE_MS, () => sweep({ ...stage, kernel, scenario }), 'quiet sweep');
  }
}

/** True when the sweeps since then are complete, and the bindings have nothing under way. */
export function isSettled({ sweeps, bindings }: ComplianceRecorder, since: number): boolean {
  const late = [...sweeps.values()].some(
    ({ sweep: { startedAt }, shards }) => startedAt > since && !isComplete(shards),
  );
  const isBusy = ({ measures, deleting, evaluations = [] }: BindingRecord): boolean =>
    deleting === true || measures.some(isOpen) || evaluations.some(isUnderWay);
  return !late && ![...bindings.values()].some(isBusy);
}

/** What a run did about compliance, for totals. */
export function driftFigures(
  { sweeps, bindings }: ComplianceRecorder,
  mirrors: readonly Mirror[],
  policy: MemoryPolicy,
): Map<string, number> {
  const complete = [...sweeps.values()].filter(({ shards }) => isComplete(shards)).length;
  const corrections = mirrors.filter(({ header }) => header.createdBy.kind === 'system').length;
  const runs = [...bindings.values()].map(({ lastRun }) => Object.keys(lastRun?.heldByCode ?? {}));
  const changes = [...bindings.values()].flatMap((record) => record.changes.map(({ what }) => what));
  const figures: [string, number][] = [
    ['sweeps', sweeps.size],
    ['complete', complete],
    ['corrections', corrections],
    ['brakes', changes.filter((what) => what === 'Braked').length],
    ['resumes', changes.filter((what) => what === 'Resumed').length],
    ['flapping', runs.filter((codes) => codes.includes('AntiFlap')).length],
    ['tasks', policy.remediations.length],
    ['deployed', policy.remediations.reduce((sum, { successful }) => sum + successful, 0)],
    ['evaluations', policy.evaluated.length],
    ['reports', [...bindings.values()].filter(({ policyReport }) => policyReport !== undefined).length],
  ];
  return new Map(figures.filter(([, count]) => count > 0));
}

function sweep(stage: Stage): void {
  attempt(stage, 'start sweep', (deps) => stage.app.startSweep(deps), 0);
}

function asked({ app }: Stage, ask: BindingAsk): (deps: Deps) => Promise<unknown> {
  const { name } = ask;
  switch (ask.what) {
    case 'put':
      return (deps) => app.putBinding(deps, { name, binding: ask.binding, actor: PERSON });
    case 'resume':
      return (deps) => app.resumeBinding(deps, name, PERSON);
    case 'delete':
      return (deps) => app.deleteBinding(deps, name, PERSON);
    case 'evaluate':
      return (deps) => app.evaluateBinding(deps, name, PERSON);
  }
}

function attempt(stage: Stage, about: string, work: (deps: Deps) => Promise<unknown>, tries: number): void {
  const { kernel, hosts, deps, emit } = stage;
  hosts.run(
    about,
    {},
    (invocation) => work(deps(invocation)),
    (answer) => {
      kernel.note(`${about} ${answer.ok ? 'done' : `failed: ${String(answer.error)}`}`);
      if (answer.ok || answer.error instanceof Refusal) return;
      emit({ kind: 'failed', invocation: HTTP, error: answer.error });
      if (tries < TRIES_MAX) kernel.after(30_000, () => attempt(stage, about, work, tries + 1), `${about} again`);
    },
  );
}

const HTTP = { about: 'http' } as Invocation;
