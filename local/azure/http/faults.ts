import { z } from 'zod';
import { unit } from '../fleet/random.ts';
import { ArmError } from './errors.ts';
import { increment, type Metrics } from './metrics.ts';

/** The resource kinds that faults (and metrics) tell apart. */
export const RESOURCE_KINDS = [
  'fluxConfigurations',
  'extensions',
  'sourceControlConfigurations',
  'operations',
  'clusters',
  'subscriptions',
  'providers',
  'policyAssignments',
  'policyDefinitions',
  'policyExemptions',
  'policyStates',
  'policyEvaluations',
  'remediations',
  'activityLog',
  'graph',
] as const;
export type ResourceKind = (typeof RESOURCE_KINDS)[number];

const faultRule = z.strictObject({
  /**
   * throttled: 429 · conflict: 409, another operation in progress · serverError: 500 · unavailable: 503 ·
   * timeoutBefore: nothing happens and no answer comes · timeoutAfter: it happens and no answer comes · slow: late answer
   */
  kind: z.enum(['throttled', 'conflict', 'serverError', 'unavailable', 'timeoutBefore', 'timeoutAfter', 'slow']),
  /** Share of the matching requests that it hits. */
  probability: z.number().min(0).max(1),
  method: z.enum(['GET', 'PUT', 'PATCH', 'DELETE', 'POST']).optional(),
  type: z.enum(RESOURCE_KINDS).optional(),
  /** Only requests whose path contains this text, without case: a cluster, a subscription, a configuration. */
  pathContains: z.string().min(1).optional(),
  /** `throttled` and `unavailable`: seconds in the Retry-After header; absent sends no header. */
  retryAfterSeconds: z.number().int().positive().optional(),
  /** `slow`: local milliseconds until the answer. Time-outs: until the connection is cut, absent cuts it at once. */
  delayMs: z.number().nonnegative().optional(),
  /** Time-outs: true keeps the connection open for ever instead of cutting it. */
  silent: z.boolean().optional(),
  /** How often the rule may hit in all; absent means without end. */
  times: z.number().int().positive().optional(),
});

/** The body of `PUT /admin/faults`: rules are tried in order, the first that hits decides. */
export const faultPlan = z.strictObject({
  seed: z.number().int().default(1),
  rules: z.array(faultRule).max(50),
});
export type FaultPlan = z.infer<typeof faultPlan>;
export type FaultRule = z.infer<typeof faultRule>;

/** Requests remembered to give each repetition its own draw; far above what one test sends. */
const OCCURRENCES_MAX = 500_000;

/**
 * Injected trouble. Whether the n-th request with some method and path is hit depends on the seed, the rule and n alone,
 * so a run repeats exactly even when requests of different clusters arrive in another order.
 */
export class Faults {
  #plan: FaultPlan = { seed: 1, rules: [] };
  #hits: number[] = [];
  readonly #occurrences = new Map<string, number>();
  readonly #metrics: Metrics;

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  get plan(): FaultPlan {
    return this.#plan;
  }

  /** Replaces all rules and starts counting anew. */
  set(plan: FaultPlan): void {
    this.#plan = plan;
    this.#hits = plan.rules.map(() => 0);
    this.#occurrences.clear();
  }

  clear(): void {
    this.set({ seed: 1, rules: [] });
  }

  /** The rule that hits this request, if any. */
  draw(method: string, type: ResourceKind, path: string): FaultRule | undefined {
    if (this.#plan.rules.length === 0) return undefined;
    const lowerPath = path.toLowerCase();
    const key = `${method} ${lowerPath}`;
    if (this.#occurrences.size >= OCCURRENCES_MAX) this.#occurrences.clear();
    const occurrence = (this.#occurrences.get(key) ?? 0) + 1;
    this.#occurrences.set(key, occurrence);
    for (const [index, rule] of this.#plan.rules.entries()) {
      const hits = this.#hits[index] ?? 0;
      if (!matches(rule, method, type, lowerPath) || hits >= (rule.times ?? Infinity)) continue;
      if (unit(this.#plan.seed, `${index}/${key}/${occurrence}`) >= rule.probability) continue;
      this.#hits[index] = hits + 1;
      increment(this.#metrics.faults, rule.kind);
      return rule;
    }
    return undefined;
  }
}

function matches(rule: FaultRule, method: string, type: ResourceKind, lowerPath: string): boolean {
  return (
    (rule.method === undefined || rule.method === method) &&
    (rule.type === undefined || rule.type === type) &&
    (rule.pathContains === undefined || lowerPath.includes(rule.pathContains.toLowerCase()))
  );
}

/** The refusal of a rule that answers with an error; undefined for rules that only delay or cut. */
export function refusalOf(rule: FaultRule): ArmError | undefined {
  const headers: Record<string, string> =
    rule.retryAfterSeconds === undefined ? {} : { 'Retry-After': String(rule.retryAfterSeconds) };
  switch (rule.kind) {
    case 'throttled':
      return new ArmError(429, { code: 'TooManyRequests', message: 'Injected fault: too many requests.' }, headers);
    case 'conflict':
      return new ArmError(409, { code: 'Conflict', message: 'Injected fault: another operation is in progress.' });
    case 'serverError':
      return new ArmError(500, { code: 'InternalServerError', message: 'Injected fault: internal error.' });
    case 'unavailable':
      return new ArmError(503, { code: 'ServiceUnavailable', message: 'Injected fault: unavailable.' }, headers);
    case 'timeoutBefore':
    case 'timeoutAfter':
    case 'slow':
      return undefined;
  }
}
