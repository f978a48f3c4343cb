import { z } from 'zod';

/** How an attempt ended (product, "Words"). */
export const Verdict = z.enum(['Succeeded', 'Unchanged', 'Failed', 'TimedOut', 'Skipped', 'Deferred', 'Cancelled']);
export type Verdict = z.infer<typeof Verdict>;

/** Verdicts that count against the failure budget. */
export const FAILURE_VERDICTS: readonly Verdict[] = ['Failed', 'TimedOut'];

/** What proves a verdict: what was seen, and when (architecture, law 7). */
export const Evidence = z.object({
  /** Commit the agent reported, such as `main@sha1:4f1b…`. */
  commit: z.string().optional(),
  /** Time of the agent's report. */
  statusAt: z.number().optional(),
  complianceState: z.string().optional(),
});
export type Evidence = z.infer<typeof Evidence>;

/** A verdict with its reason: `code` is stable, `detail` is for people. */
export const Outcome = z.object({
  verdict: Verdict,
  code: z.string(),
  detail: z.string(),
  at: z.number(),
  evidence: Evidence.optional(),
});
export type Outcome = z.infer<typeof Outcome>;
