import type { FluxSpec } from '../resources/flux-schema.ts';
import type { ComplianceState, FailureKind, FluxObject, FluxStatus } from './cluster.ts';
import {
  failureText,
  hasUnwatchedObjects,
  kustomizationObjects,
  sourceObject,
  type ObjectContext,
  type Phase,
} from './flux-objects.ts';
import type { ConditionText } from './protected-sources.ts';

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

/** True when nothing follows the report on the source: it cannot be fetched, or nobody works on the kustomizations. */
export function endsWithSource({ sourceRefusal, controllers }: Reconciliation): boolean {
  return sourceRefusal !== undefined || !controllers.source || !controllers.kustomize;
}

/** The report after the source was fetched (or was not): roots work, the others wait for them. */
export function reportSource(run: Reconciliation, nowIso: string): FluxStatus {
  if (!run.controllers.source) return reportWithoutSource(run, nowIso);
  if (run.sourceRefusal !== undefined) return reportBrokenSource(run, run.sourceRefusal, nowIso);
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
  if (run.phases.get(name)?.name !== 'waiting') run.phases.set(name, endPhase(run, index, name, nowIso));
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

/** True when the kustomization has put its objects into the cluster in this reconciliation, healthy or not. */
export function hasApplied(run: Reconciliation, name: string): boolean {
  const phase = run.phases.get(name);
  if (phase?.name === 'failed') return phase.isApplied;
  return phase?.name === 'ready' || phase?.name === 'progressing';
}

/** Non-Compliant wins over Pending, Pending over Compliant (flux.md e). */
export function overallCompliance(objects: readonly FluxObject[]): ComplianceState {
  const states = new Set(objects.map((object) => object.complianceState));
  if (states.has('Non-Compliant')) return 'Non-Compliant';
  return states.has('Pending') ? 'Pending' : 'Compliant';
}

/** Without source-controller nothing is fetched: what is there stands still, what is new is never looked at. */
function reportWithoutSource(run: Reconciliation, nowIso: string): FluxStatus {
  if (run.previous.sourceSyncedCommitId !== null) return { ...run.previous, statusUpdatedAt: nowIso };
  const phase: Phase = { name: 'unwatched', sinceIso: nowIso };
  const names = Object.keys(run.spec.kustomizations);
  const objects = [sourceObject(run, phase), ...names.flatMap((name) => kustomizationObjects(run, name, phase))];
  return { ...run.previous, objects, complianceState: 'Pending', statusUpdatedAt: nowIso };
}

function reportBrokenSource(run: Reconciliation, text: ConditionText, nowIso: string): FluxStatus {
  const source = sourceObject(run, { name: 'failed', sinceIso: nowIso, text, isApplied: false });
  const kept = run.previous.objects.filter((object) => object.name !== source.name || object.appliedBy !== null);
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
  if (!run.controllers.kustomize) return { name: 'unwatched', sinceIso: nowIso };
  const dependency = run.spec.kustomizations[name]?.dependsOn.find((other) => run.phases.get(other)?.name !== 'ready');
  return dependency === undefined
    ? { name: 'progressing', sinceIso: nowIso }
    : { name: 'waiting', sinceIso: waitingSinceIso, dependency };
}

/**
 * What cannot be built fails wherever it is. On a broken cluster the last kustomization is the one that fails; without `wait` nobody
 * looks at the health of objects.
 */
function endPhase(run: Reconciliation, index: number, name: string, nowIso: string): Phase {
  const { failure } = run;
  const refusal = run.contents.get(name)?.refusal;
  if (refusal !== undefined) return { name: 'failed', sinceIso: nowIso, text: refusal, isApplied: false };
  const isLast = index === run.order.length - 1;
  const waits = run.spec.kustomizations[name]?.wait !== false;
  const fails =
    failure === 'BuildFailed' || failure === 'ReconciliationFailed' || (failure === 'HealthCheckFailed' && waits);
  if (fails && isLast) {
    const isApplied = failure === 'HealthCheckFailed';
    return { name: 'failed', sinceIso: nowIso, text: failureText(run, name, failure), isApplied };
  }
  const isHealthy = !waits || !hasUnwatchedObjects(run, name);
  return { name: isHealthy ? 'ready' : 'progressing', sinceIso: nowIso };
}
