import type { BindingRecord, Correction, Measure, Remediation } from '../../contracts/policy-binding.ts';
import { hasEnded } from '../../contracts/rollout-state.ts';
import { readsOfSubscription, recordThrottling, reserve } from '../budgets.ts';
import type { Deps } from '../deps.ts';
import { changeBinding, withMeasures, type MeasurePatch } from './change-binding.ts';
import { remediationName } from './start-remediation.ts';

/** States in which a task stays (PolicyInsights 2024-10-01). */
const OVER: readonly string[] = ['Succeeded', 'Complete', 'Failed', 'Canceled'];

/** Sees what has become of the measures that were begun, and stores it. */
export async function trackMeasures(deps: Deps, record: BindingRecord): Promise<void> {
  const patches = new Map<string, MeasurePatch>();
  for (const measure of record.measures) {
    const patch = measure.state === 'Running' ? await look(deps, measure) : undefined;
    if (patch !== undefined) patches.set(measure.id, patch);
  }
  if (patches.size === 0) return;
  await changeBinding(deps, record.name, (stored) =>
    stored.id === record.id ? withMeasures(stored, patches) : undefined,
  );
}

function look(deps: Deps, measure: Measure): Promise<MeasurePatch | undefined> {
  return measure.kind === 'correction' ? lookAtRollout(deps, measure) : lookAtTask(deps, measure);
}

async function lookAtRollout(deps: Deps, { rolloutId = '' }: Correction): Promise<MeasurePatch | undefined> {
  const header = (await deps.store.header(rolloutId))?.value;
  if (header === undefined || !hasEnded(header.status)) return undefined;
  const { status, endReason, endedAt = deps.clock.now() } = header;
  return { state: 'Ended', detail: `${status}: ${endReason?.detail ?? ''}`, endedAt };
}

async function lookAtTask(deps: Deps, task: Remediation): Promise<MeasurePatch | undefined> {
  const pool = readsOfSubscription(task.subscriptionId);
  if ((await reserve(deps, pool, 1, 0)).length === 0) return undefined;
  const answer = await deps.policy.remediation(task.subscriptionId, remediationName(task));
  if (!answer.ok) {
    if (answer.fault.kind === 'throttled') await recordThrottling(deps, pool, answer.fault.retryAfterMs);
    deps.log.warn('remediation task cannot be read', { id: task.id, fault: answer.fault.kind });
    return undefined;
  }
  const now = deps.clock.now();
  if (answer.value === undefined) return { state: 'Ended', detail: 'Gone: Azure knows it no more.', endedAt: now };
  const { provisioningState, total, successful, failed } = answer.value;
  const deployments = { total, successful, failed };
  if (!OVER.includes(provisioningState)) return { kind: 'remediation', state: 'Running', deployments };
  const detail = `${provisioningState}: ${successful} of ${total} deployments succeeded, ${failed} failed`;
  return { kind: 'remediation', state: 'Ended', deployments, detail, endedAt: now };
}
