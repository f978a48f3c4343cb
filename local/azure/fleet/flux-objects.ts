import type { FluxSpec } from '../resources/flux-schema.ts';
import type { ComplianceState, FailureKind, FluxObject, StatusCondition } from './cluster.ts';
import type { Controllers } from './controllers.ts';
import type { ConditionText } from './protected-sources.ts';
import { pick, unit } from './random.ts';

/** How far the source or one kustomization is; `unwatched` when the controller that would work on it does not run. */
export type Phase =
  | { readonly name: 'progressing' | 'ready' | 'noArtifact' | 'unwatched'; readonly sinceIso: string }
  | { readonly name: 'waiting'; readonly sinceIso: string; readonly dependency: string }
  | { readonly name: 'failed'; readonly sinceIso: string; readonly failure: FailureKind };

/** What the texts and names of Flux objects are made of. */
export interface ObjectContext {
  readonly name: string;
  readonly spec: FluxSpec;
  readonly revision: string;
  readonly seed: number;
  readonly controllers: Controllers;
  /** Why the source cannot be fetched. */
  readonly sourceRefusal: ConditionText | undefined;
}

const RELEASES = ['ingress-nginx', 'redis', 'podinfo', 'cert-manager', 'kube-state-metrics', 'external-dns'] as const;
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

/** A kustomization and the Helm releases that it applied. */
export function kustomizationObjects(context: ObjectContext, kustomization: string, phase: Phase): FluxObject[] {
  const name = `${context.name}-${kustomization}`;
  const { namespace } = context.spec;
  const text = kustomizationText(context, kustomization, phase);
  const conditions = phase.name === 'unwatched' ? [] : [readyCondition(phase, text)];
  const own = fluxObject(name, namespace, 'Kustomization', phase, conditions);
  if (!hasApplied(phase)) return [own];
  const shown = context.controllers.helm ? phase : { name: 'unwatched' as const, sinceIso: phase.sinceIso };
  const releases = releaseNames(context, kustomization).map((release) =>
    releaseObject(release, name, namespace, shown),
  );
  return [own, ...releases];
}

/** `Kind/namespace/name` of what one kustomization puts into the cluster. */
export function appliedNames(context: ObjectContext, kustomization: string): string[] {
  const { namespace } = context.spec;
  const releases = releaseNames(context, kustomization).map((release) => `HelmRelease/${namespace}/${release}`);
  return [`Deployment/${namespace}/${kustomization}-web`, ...releases];
}

/** True when a kustomization has objects whose controller does not run, so that they never become healthy. */
export function hasUnwatchedObjects(context: ObjectContext, kustomization: string): boolean {
  return !context.controllers.helm && releaseNames(context, kustomization).length > 0;
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

function sourceText({ sourceRefusal, revision }: ObjectContext, phase: Phase): ConditionText {
  if (phase.name === 'failed' && sourceRefusal !== undefined) return sourceRefusal;
  return { reason: 'Succeeded', message: `stored artifact for revision '${revision}'` };
}

function kustomizationText(context: ObjectContext, kustomization: string, phase: Phase): ConditionText {
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
      return { reason: phase.failure, message: failureMessage(context, kustomization, phase.failure) };
  }
}

function failureMessage(context: ObjectContext, kustomization: string, failure: FailureKind): string {
  const path = context.spec.kustomizations[kustomization]?.path ?? '';
  const workload = `Deployment/${context.spec.namespace}/${kustomization}-web`;
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
  if (phase.name === 'failed') return phase.failure === 'HealthCheckFailed';
  return phase.name === 'ready' || phase.name === 'progressing';
}

function releaseNames(context: ObjectContext, kustomization: string): string[] {
  const key = `${kustomization}/${context.spec.kustomizations[kustomization]?.path ?? ''}`;
  const count = Math.floor(unit(context.seed, `releases/${key}`) * 3);
  const names = Array.from({ length: count }, (_, index) => pick(context.seed, `release/${key}/${index}`, RELEASES));
  return [...new Set(names)];
}

function releaseObject(release: string, appliedBy: string, namespace: string, phase: Phase): FluxObject {
  const isReady = phase.name === 'ready';
  const isWatched = phase.name !== 'unwatched';
  const shown: Phase = isReady || !isWatched ? phase : { name: 'progressing', sinceIso: phase.sinceIso };
  const text = isReady
    ? { reason: 'ReconciliationSucceeded', message: 'Release reconciliation succeeded' }
    : { reason: 'Progressing', message: 'Reconciliation in progress' };
  const conditions = isWatched ? [readyCondition(shown, text)] : [];
  if (isReady) conditions.push(condition('Released', 'True', 'InstallSucceeded', 'Helm install succeeded', phase));
  return {
    ...fluxObject(release, namespace, 'HelmRelease', shown, conditions),
    appliedBy: { name: appliedBy, namespace },
    helmReleaseProperties: {
      lastRevisionApplied: isReady ? 1 : null,
      helmChartRef: { name: `${namespace}-${release}`, namespace },
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
