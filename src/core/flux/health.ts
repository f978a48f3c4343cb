import type { Evidence } from '../../contracts/verdict.ts';
import { FAILURE_CONFIRM_SECONDS, SETTLE_SECONDS } from '../../contracts/timing.ts';
import type { ObservedConfiguration, ObservedObject } from './observed.ts';

/** What a look at a configuration is held against. */
export interface Expectation {
  /** True when this attempt wrote: evidence must then be younger than the write. */
  readonly wrote: boolean;
  readonly writtenAt: number;
  /** When Azure was first seen to have finished our write. */
  readonly provisionedAt?: number | undefined;
  /** Server time of the last write of anybody: without one of our own, evidence must not be older than that. */
  readonly modifiedAt?: number | undefined;
  readonly commit: string | undefined;
  /** No report of what was there before the write can look like what is wanted. */
  readonly unmistakable: boolean;
  readonly suspend: boolean;
}

/** What one look proves. */
export type Health =
  | { readonly state: 'good'; readonly evidence: Evidence }
  | { readonly state: 'bad'; readonly code: string; readonly detail: string; readonly evidence: Evidence }
  | { readonly state: 'undecided'; readonly code: string; readonly detail: string };

/** Reasons of Flux's `Ready` condition that mean failure; others (`Progressing`, `DependencyNotReady` …) mean waiting. */
const FAILURE_REASONS = new Set([
  'GitOperationFailed',
  'BucketOperationFailed',
  'OCIArtifactPullFailed',
  'VerificationError',
  'AuthenticationFailed',
  'StorageOperationFailed',
  'ArtifactFailed',
  'BuildFailed',
  'HealthCheckFailed',
  'PruneFailed',
  'ReconciliationFailed',
  'InstallFailed',
  'UpgradeFailed',
  'TestFailed',
  'URLInvalid',
  'ValidationFailed',
]);

const SOURCE_KINDS = new Set(['GitRepository', 'Bucket', 'OCIRepository']);

/**
 * Judges a configuration by evidence of this attempt (product, "Success needs evidence"): provisioned, reported after our
 * write, on the pinned commit, compliant as a whole and object by object. A `Compliant` that is older than the write, or
 * of another commit, proves nothing.
 */
export function judgeHealth(observed: ObservedConfiguration, expected: Expectation, now: number): Health {
  const { provisioningState, complianceState } = observed;
  const evidence = evidenceOf(observed);
  if (provisioningState === 'Failed' || provisioningState === 'Canceled') {
    const detail = observed.errorMessage ?? `Azure reports ${provisioningState} without a message.`;
    return { state: 'bad', code: 'ProvisioningFailed', detail, evidence };
  }
  if (provisioningState !== undefined && provisioningState !== 'Succeeded') {
    return undecided('Provisioning', `Azure is still at ${provisioningState}.`);
  }
  if (!isFresh(observed, expected)) return undecided('NoReportYet', 'The agent has not reported since the write.');
  const onCommit = isOnCommit(observed.sourceSyncedCommitId, expected.commit);
  // While the source is elsewhere, only the source itself can fail because of this attempt.
  const suspects = onCommit ? observed.objects : observed.objects.filter(({ kind }) => SOURCE_KINDS.has(kind));
  const failing = findFailing(suspects, expected, now);
  if (failing !== undefined) {
    return { state: 'bad', code: failing.ready?.reason ?? 'NonCompliant', detail: describe(failing), evidence };
  }
  if (expected.suspend) return judgeSuspended(observed, evidence);
  if (!onCommit) {
    return undecided('OtherRevision', `The source is at ${observed.sourceSyncedCommitId ?? 'no revision'}.`);
  }
  const waiting = observed.objects.find((object) => object.complianceState !== 'Compliant');
  if (complianceState !== 'Compliant' || waiting !== undefined) {
    return undecided('NotCompliantYet', waiting ? describe(waiting) : `Compliance is ${complianceState ?? 'unknown'}.`);
  }
  if (isTakenUp(observed, expected)) return { state: 'good', evidence };
  return undecided('NotReconciledYet', 'Nothing shows yet that the agent has taken the change up.');
}

function undecided(code: string, detail: string): Health {
  return { state: 'undecided', code, detail };
}

/**
 * A report that is younger than the write may still speak of what was there before: agents report without a change, too.
 * A new commit settles it, or a configuration that was not there; without them, a Flux object has to have moved since, or the
 * report has to be younger by the time that agents take at the most once they were handed the change.
 */
function isTakenUp(
  { objects, statusUpdatedAt }: ObservedConfiguration,
  { wrote, writtenAt, provisionedAt, modifiedAt, unmistakable }: Expectation,
): boolean {
  if (wrote ? unmistakable : modifiedAt === undefined) return true;
  // Of somebody else's write the time is Azure's own, so that the very moment counts as well.
  const since = wrote ? writtenAt : (modifiedAt ?? 0);
  const moved = objects.some(({ ready }) => ready?.since !== undefined && ready.since >= (wrote ? since + 1 : since));
  // A cluster that was out of reach takes up late what was written: its time counts from there.
  const begun = wrote ? provisionedAt : since;
  return moved || (begun !== undefined && (statusUpdatedAt ?? 0) >= begun + SETTLE_SECONDS * 1000);
}

/** A suspended configuration does not reconcile: that it is suspended is all there is to see. */
function judgeSuspended({ complianceState }: ObservedConfiguration, evidence: Evidence): Health {
  return complianceState === 'Suspended'
    ? { state: 'good', evidence }
    : undecided('NotSuspendedYet', `Compliance is ${complianceState ?? 'unknown'}.`);
}

/** True when the agent reported after this attempt's write, or after whatever was written last. */
export function isFresh(
  { statusUpdatedAt }: Pick<ObservedConfiguration, 'statusUpdatedAt'>,
  { wrote, writtenAt, modifiedAt }: Expectation,
): boolean {
  if (wrote) return statusUpdatedAt !== undefined && statusUpdatedAt > writtenAt;
  return modifiedAt === undefined || (statusUpdatedAt ?? 0) >= modifiedAt;
}

/** `sourceSyncedCommitId` is `main/<sha>` or `main@sha1:<sha>`, depending on the version of Flux; of an OCI source `tag@sha256:<hex>`. */
export function isOnCommit(synced: string | undefined, commit: string | undefined): boolean {
  if (commit === undefined) return synced !== undefined;
  return (
    synced !== undefined &&
    (synced === commit ||
      synced.endsWith(`/${commit}`) ||
      synced.endsWith(`:${commit}`) ||
      synced.endsWith(`@${commit}`))
  );
}

function evidenceOf({ sourceSyncedCommitId, statusUpdatedAt, complianceState }: ObservedConfiguration): Evidence {
  return {
    ...(sourceSyncedCommitId !== undefined && { commit: sourceSyncedCommitId }),
    ...(statusUpdatedAt !== undefined && { statusAt: statusUpdatedAt }),
    ...(complianceState !== undefined && { complianceState }),
  };
}

/** An object that has failed in this attempt, and long enough that Flux's own retries had their chance. */
function findFailing(
  objects: readonly ObservedObject[],
  expected: Expectation,
  now: number,
): ObservedObject | undefined {
  return objects.find(({ ready }) => {
    if (ready?.status !== 'False' || !FAILURE_REASONS.has(ready.reason)) return false;
    if (ready.since === undefined) return false;
    const ofThisAttempt = !expected.wrote || ready.since > expected.writtenAt;
    return ofThisAttempt && now - ready.since >= FAILURE_CONFIRM_SECONDS * 1000;
  });
}

function describe({ kind, name, complianceState, ready }: ObservedObject): string {
  const state = ready === undefined ? (complianceState ?? 'unknown') : `${ready.reason}: ${ready.message}`;
  return `${kind} ${name}: ${state}`;
}
