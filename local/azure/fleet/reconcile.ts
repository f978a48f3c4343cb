import type { FluxSpec } from '../resources/flux-schema.ts';
import type { ComplianceState, FailureKind, FluxObject, FluxStatus } from './cluster.ts';
import { kustomizationObjects, sourceObject, type ObjectContext, type Phase } from './flux-objects.ts';

/** One reconciliation of one configuration: the source first, then one kustomization after the other. */
export interface Reconciliation extends ObjectContext {
  readonly failure: FailureKind | undefined;
  readonly phases: Map<string, Phase>;
  /** Kustomizations in the order in which they become ready; those that never can are not in it. */
  readonly order: readonly string[];
  /** Objects of the revision before, which stay when the source fails. */
  readonly previous: FluxStatus;
}

/** Begins a reconciliation; nothing is reported yet. */
export function beginReconciliation(
  context: ObjectContext,
  failure: FailureKind | undefined,
  previous: FluxStatus,
): Reconciliation {
  return { ...context, failure, previous, phases: new Map(), order: readinessOrder(context.spec) };
}

/** True when the source cannot be fetched, which ends a reconciliation with its first report. */
export function isSourceBroken(run: Reconciliation): boolean {
  return run.failure === 'GitOperationFailed';
}

/** The report after the source was fetched (or was not): roots work, the others wait for them. */
export function reportSource(run: Reconciliation, nowIso: string): FluxStatus {
  if (isSourceBroken(run)) return reportBrokenSource(run, nowIso);
  for (const name of Object.keys(run.spec.kustomizations)) run.phases.set(name, phaseBefore(run, name, nowIso));
  return { ...report(run, nowIso), sourceSyncedCommitId: run.revision, sourceUpdatedAt: nowIso };
}

/** The report after the kustomization `order[index]` came to its end. */
export function reportKustomization(
  run: Reconciliation,
  index: number,
  nowIso: string,
  before: FluxStatus,
): FluxStatus {
  const name = run.order[index];
  if (name === undefined) throw new Error(`no kustomization ${index} in the reconciliation of ${run.name}`);
  if (run.phases.get(name)?.name !== 'waiting') run.phases.set(name, endPhase(run, index, nowIso));
  for (const [other, phase] of run.phases) {
    if (phase.name === 'waiting') run.phases.set(other, phaseBefore(run, other, nowIso, phase.sinceIso));
  }
  const { sourceSyncedCommitId, sourceUpdatedAt } = before;
  return { ...report(run, nowIso), sourceSyncedCommitId, sourceUpdatedAt };
}

/** The report of a suspended configuration: every object stands still at the revision it has. */
export function reportSuspended(before: FluxStatus, nowIso: string): FluxStatus {
  const objects = before.objects.map((object): FluxObject => ({ ...object, complianceState: 'Suspended' }));
  return { ...before, objects, complianceState: 'Suspended', statusUpdatedAt: nowIso };
}

/** Kustomizations sorted so that each comes after those it depends on; ones in a cycle or behind a missing name are left out. */
export function readinessOrder(spec: FluxSpec): string[] {
  const order: string[] = [];
  const done = new Set<string>();
  for (let progressed = true; progressed;) {
    progressed = false;
    for (const [name, { dependsOn }] of Object.entries(spec.kustomizations)) {
      if (done.has(name) || !dependsOn.every((dependency) => done.has(dependency))) continue;
      done.add(name);
      order.push(name);
      progressed = true;
    }
  }
  return order;
}

/** Non-Compliant wins over Pending, Pending over Compliant (flux.md e). */
export function overallCompliance(objects: readonly FluxObject[]): ComplianceState {
  const states = new Set(objects.map((object) => object.complianceState));
  if (states.has('Non-Compliant')) return 'Non-Compliant';
  return states.has('Pending') ? 'Pending' : 'Compliant';
}

function reportBrokenSource(run: Reconciliation, nowIso: string): FluxStatus {
  const source = sourceObject(run, { name: 'failed', sinceIso: nowIso, failure: 'GitOperationFailed' });
  const kept = run.previous.objects.filter((object) => object.kind !== source.kind);
  const names = Object.keys(run.spec.kustomizations);
  const waiting = names.flatMap((name) => kustomizationObjects(run, name, { name: 'noArtifact', sinceIso: nowIso }));
  const objects = [source, ...(run.previous.sourceSyncedCommitId === null ? waiting : kept)];
  return { ...run.previous, objects, complianceState: 'Non-Compliant', statusUpdatedAt: nowIso };
}

function report(
  run: Reconciliation,
  nowIso: string,
): Pick<FluxStatus, 'complianceState' | 'objects' | 'statusUpdatedAt'> {
  const objects = [sourceObject(run, { name: 'ready', sinceIso: nowIso })];
  for (const [name, phase] of run.phases) objects.push(...kustomizationObjects(run, name, phase));
  return { objects, complianceState: overallCompliance(objects), statusUpdatedAt: nowIso };
}

function phaseBefore(run: Reconciliation, name: string, nowIso: string, waitingSinceIso = nowIso): Phase {
  const dependency = run.spec.kustomizations[name]?.dependsOn.find((other) => run.phases.get(other)?.name !== 'ready');
  return dependency === undefined
    ? { name: 'progressing', sinceIso: nowIso }
    : { name: 'waiting', sinceIso: waitingSinceIso, dependency };
}

/** On a broken cluster the last kustomization is the one that fails. */
function endPhase(run: Reconciliation, index: number, nowIso: string): Phase {
  const isLast = index === run.order.length - 1;
  const { failure } = run;
  const fails = failure === 'BuildFailed' || failure === 'HealthCheckFailed' || failure === 'ReconciliationFailed';
  return fails && isLast ? { name: 'failed', sinceIso: nowIso, failure } : { name: 'ready', sinceIso: nowIso };
}
