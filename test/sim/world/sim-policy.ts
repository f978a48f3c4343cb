import { Transient } from '../../../src/contracts/errors.ts';
import type { ArmFault, ArmResult } from '../../../src/ports/arm.ts';
import type { Policy, RemediationRequest } from '../../../src/ports/policy.ts';
import type { Invocation } from '../kernel/invocation.ts';
import { call, callPages, type CallSite } from '../kernel/port.ts';

/** What is told of the tasks that Azure has accepted. */
export interface PolicyJournal {
  begun(request: RemediationRequest): void;
  throttled(subscriptionId: string, retryAfterMs: number): void;
}

const NO_ERRORS = { error: () => new Error('unreachable: Policy answers with values') };
const RETRY_AFTER_SECONDS_MAX = 60;
const UNAVAILABLE: ArmFault = {
  kind: 'unavailable',
  code: 'ServiceUnavailable',
  detail: 'The service is unavailable.',
};
const PAGE_FAULTS = {
  before: 'policyUnavailable',
  error: () => new Transient('PolicyUnavailable', 'Policy did not answer.'),
} as const;

/** Azure Policy with faults: refused before the effect with 429 or 503, and answers that get lost after it. */
export function simPolicy(site: CallSite, invocation: Invocation, inner: Policy, journal: PolicyJournal): Policy {
  const { faults } = site;

  function ask<T>(name: string, effect: () => Promise<ArmResult<T>>): Promise<ArmResult<T>> {
    const key = `${invocation.id}/${invocation.calls}/policy`;
    return call(site, invocation, `policy.${name}`, NO_ERRORS, async () => {
      if (faults.fires('policyThrottled', key)) {
        const retryAfterMs = 1000 * Math.ceil(faults.unit('policyRetryAfter', key) * RETRY_AFTER_SECONDS_MAX);
        return { ok: false, fault: { kind: 'throttled', retryAfterMs } };
      }
      if (faults.fires('policyUnavailable', key)) return { ok: false, fault: UNAVAILABLE };
      return effect();
    });
  }

  async function write<T>(
    name: string,
    subscriptionId: string,
    effect: () => Promise<ArmResult<T>>,
  ): Promise<ArmResult<T>> {
    const key = `${invocation.id}/${invocation.calls}/policy/answer`;
    const answer = await ask(name, async () => {
      const done = await effect();
      return done.ok && faults.fires('policyUnavailableAfter', key) ? { ok: false, fault: UNAVAILABLE } : done;
    });
    if (!answer.ok && answer.fault.kind === 'throttled') journal.throttled(subscriptionId, answer.fault.retryAfterMs);
    return answer;
  }

  return {
    assignments: (subscriptionId) => ask('assignments', () => inner.assignments(subscriptionId)),
    definition: (id) => ask('definition', () => inner.definition(id)),
    set: (id) => ask('set', () => inner.set(id)),
    exemptions: (subscriptionId) => ask('exemptions', () => inner.exemptions(subscriptionId)),
    summary: (subscriptionId, assignmentId) => ask('summary', () => inner.summary(subscriptionId, assignmentId)),
    nonCompliant: (subscriptionId, assignmentId) =>
      callPages(site, invocation, 'policy.nonCompliant', PAGE_FAULTS, inner.nonCompliant(subscriptionId, assignmentId)),
    evaluate: (subscriptionId) => write('evaluate', subscriptionId, () => inner.evaluate(subscriptionId)),
    evaluation: (operationUrl) => ask('evaluation', () => inner.evaluation(operationUrl)),
    createRemediation: (request) =>
      write('createRemediation', request.subscriptionId, async () => {
        const answer = await inner.createRemediation(request);
        if (answer.ok) journal.begun(request);
        return answer;
      }),
    remediation: (subscriptionId, name) => ask('remediation', () => inner.remediation(subscriptionId, name)),
    cancelRemediation: (subscriptionId, name) =>
      write('cancelRemediation', subscriptionId, () => inner.cancelRemediation(subscriptionId, name)),
  };
}
