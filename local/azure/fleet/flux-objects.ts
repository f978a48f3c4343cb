import type { FluxSpec } from '../resources/flux-schema.ts';
import { objectText, type Content, type ObjectName } from './artifact.ts';
import type { ComplianceState, FailureKind, FluxObject, StatusCondition } from './cluster.ts';
import type { Controllers } from './controllers.ts';
import type { ConditionText } from './protected-sources.ts';

/** How far the source or one kustomization is; `unwatched` when the controller that would work on it does not run. */
export type Phase =
  | { readonly name: 'progressing' | 'ready' | 'noArtifact' | 'unwatched'; readonly sinceIso: string }
  | { readonly name: 'waiting'; readonly sinceIso: string; readonly dependency: string }
  | {
      readonly name: 'failed';
      readonly sinceIso: string;
      readonly text: ConditionText;
      /** Its objects are in the cluster all the same. */
      readonly isApplied: boolean;
    };

/** What the texts and names of Flux objects are made of. */
export interface ObjectContext {
  readonly name: string;
  readonly spec: FluxSpec;
  readonly revision: string;
  /** By kustomization. */
  readonly contents: ReadonlyMap<string, Content>;
  readonly controllers: Controllers;
  /** Why the source cannot be fetched. */
  readonly sourceRefusal: ConditionText | undefined;
}

const HEALTH_CHECK_SECONDS = 45;

/** The source object: named like the configuration; Azure Blob is a Bucket in Flux (flux.md e). */
export function sourceObject(context: ObjectContext, phase: Phase): FluxObject {
  const kind = context.spec.sourceKind === 'AzureBlob' ? 'Bucket' : context.spec.sourceKind;
  const conditions = phase.name === 'unwatched' ? [] : [readyCondition(phase, sourceText(context, phase))];
  if (phase.name === 'ready') {
    conditions.push(
      condition('ArtifactInStorage', 'True', 'Succeeded', `stored artifact for revision '${context.revision}'`, phase),
    );
  }
  return fluxObject(context.name, context.spec.namespace, kind, phase, conditions);
}

/** Kinds of Flux itself beside the release: Azure shows those too that a kustomization applied. */
const FLUX_KINDS: ReadonlySet<string> = new Set([
  ...['GitRepository', 'Bucket', 'OCIRepository', 'HelmRepository', 'HelmChart', 'Kustomization'],
]);

/** A kustomization and the objects of Flux that it applied. */
export function kustomizationObjects(context: ObjectContext, kustomization: string, phase: Phase): FluxObject[] {
  const name = `${context.name}-${kustomization}`;
  const { namespace } = context.spec;
  const text = kustomizationText(context, phase);
  const conditions = phase.name === 'unwatched' ? [] : [readyCondition(phase, text)];
  const own = fluxObject(name, namespace, 'Kustomization', phase, conditions);
  if (!hasApplied(phase)) return [own];
  const shown = context.controllers.helm ? phase : { name: 'unwatched' as const, sinceIso: phase.sinceIso };
  const applied = objectsOf(context, kustomization).flatMap((object) => {
    if (object.kind === 'HelmRelease') return [releaseObject(object, name, namespace, shown)];
    return FLUX_KINDS.has(object.kind) ? [appliedObject(object, name, namespace, phase)] : [];
  });
  return [own, ...applied];
}

/** `Kind/namespace/name` of what one kustomization puts into the cluster. */
export function appliedNames(context: ObjectContext, kustomization: string): string[] {
  return objectsOf(context, kustomization).map(objectText);
}

/** True when a kustomization has objects whose controller does not run, so that they never become healthy. */
export function hasUnwatchedObjects(context: ObjectContext, kustomization: string): boolean {
  return !context.controllers.helm && objectsOf(context, kustomization).some(({ kind }) => kind === 'HelmRelease');
}

/** Ready=True is Compliant, Unknown is Pending, False is Non-Compliant (flux.md e, observed). */
function complianceOf(phase: Phase): ComplianceState {
  switch (phase.name) {
    case 'ready':
      return 'Compliant';
    case 'progressing':
    case 'unwatched':
      return 'Pending';
    case 'waiting':
    case 'noArtifact':
    case 'failed':
      return 'Non-Compliant';
  }
}

function sourceText({ revision }: ObjectContext, phase: Phase): ConditionText {
  if (phase.name === 'failed') return phase.text;
  return { reason: 'Succeeded', message: `stored artifact for revision '${revision}'` };
}

function kustomizationText(context: ObjectContext, phase: Phase): ConditionText {
  switch (phase.name) {
    case 'ready':
      return { reason: 'ReconciliationSucceeded', message: `Applied revision: ${context.revision}` };
    case 'progressing':
    case 'unwatched':
      return { reason: 'Progressing', message: 'Reconciliation in progress' };
    case 'noArtifact':
      return { reason: 'ArtifactFailed', message: 'Source artifact not found, retrying in 30s' };
    case 'waiting': {
      const dependency = `${context.spec.namespace}/${context.name}-${phase.dependency}`;
      const state = phase.dependency in context.spec.kustomizations ? 'is not ready' : 'not found';
      return { reason: 'DependencyNotReady', message: `dependency '${dependency}' ${state}` };
    }
    case 'failed':
      return phase.text;
  }
}

/** What Flux says about a kustomization on a broken cluster. */
export function failureText(context: ObjectContext, kustomization: string, failure: FailureKind): ConditionText {
  return { reason: failure, message: failureMessage(context, kustomization, failure) };
}

function failureMessage(context: ObjectContext, kustomization: string, failure: FailureKind): string {
  const path = context.spec.kustomizations[kustomization]?.path ?? '';
  const [workload = `Kustomization/${context.spec.namespace}/${kustomization}`] = appliedNames(context, kustomization);
  switch (failure) {
    case 'BuildFailed':
      return `kustomize build failed: accumulating resources from '${path}': missing Resource metadata`;
    case 'HealthCheckFailed':
      return `health check failed after ${HEALTH_CHECK_SECONDS}s: failed early due to stalled resources: [${workload} status: 'Failed']`;
    case 'ReconciliationFailed':
      return `${workload} dry-run failed (Forbidden): admission webhook denied the request: image is not from an allowed registry`;
    case 'GitOperationFailed':
    case 'ExtensionFailed':
    case 'ExtensionStuck':
    case 'HangsCreating':
      return `unexpected failure ${failure}`;
  }
}

function hasApplied(phase: Phase): boolean {
  if (phase.name === 'failed') return phase.isApplied;
  return phase.name === 'ready' || phase.name === 'progressing';
}

function objectsOf({ contents }: ObjectContext, kustomization: string): readonly ObjectName[] {
  return contents.get(kustomization)?.objects ?? [];
}

/** Sources and charts are ready as soon as they are there: nobody looks into them. */
function appliedObject({ kind, name, namespace }: ObjectName, by: string, home: string, phase: Phase): FluxObject {
  const ready: Phase = { name: 'ready', sinceIso: phase.sinceIso };
  const conditions = [readyCondition(ready, { reason: 'Succeeded', message: 'stored artifact' })];
  const object = fluxObject(name, namespace ?? home, kind, ready, conditions);
  return { ...object, appliedBy: { name: by, namespace: home } };
}

function releaseObject(
  { name, namespace = 'default' }: ObjectName,
  by: string,
  home: string,
  phase: Phase,
): FluxObject {
  const isReady = phase.name === 'ready';
  const isWatched = phase.name !== 'unwatched';
  const shown: Phase = isReady || !isWatched ? phase : { name: 'progressing', sinceIso: phase.sinceIso };
  const text = isReady
    ? { reason: 'ReconciliationSucceeded', message: 'Release reconciliation succeeded' }
    : { reason: 'Progressing', message: 'Reconciliation in progress' };
  const conditions = isWatched ? [readyCondition(shown, text)] : [];
  if (isReady) conditions.push(condition('Released', 'True', 'InstallSucceeded', 'Helm install succeeded', phase));
  return {
    ...fluxObject(name, namespace, 'HelmRelease', shown, conditions),
    appliedBy: { name: by, namespace: home },
    helmReleaseProperties: {
      lastRevisionApplied: isReady ? 1 : null,
      helmChartRef: { name: `${namespace}-${name}`, namespace },
      failureCount: 0,
      installFailureCount: 0,
      upgradeFailureCount: 0,
    },
  };
}

function fluxObject(
  name: string,
  namespace: string,
  kind: string,
  phase: Phase,
  statusConditions: StatusCondition[],
): FluxObject {
  const complianceState = complianceOf(phase);
  return { name, namespace, kind, complianceState, appliedBy: null, statusConditions, helmReleaseProperties: null };
}

function readyCondition(phase: Phase, text: ConditionText): StatusCondition {
  const compliance = complianceOf(phase);
  const status = compliance === 'Non-Compliant' ? 'False' : compliance === 'Pending' ? 'Unknown' : 'True';
  return condition('Ready', status, text.reason, text.message, phase);
}

function condition(
  type: string,
  status: StatusCondition['status'],
  reason: string,
  message: string,
  phase: Phase,
): StatusCondition {
  return { type, status, reason, message, lastTransitionTime: phase.sinceIso };
}
