import { z } from 'zod';
import type { ArmResult } from '../../ports/arm.ts';
import type { PolicySummary } from '../../ports/policy.ts';
import type { Send } from '../arm-send.ts';
import { unreadable } from './answers.ts';
import { summaryUrl } from './paths.ts';
import { clustersUnder } from './state-filter.ts';

const detail = z.object({ complianceState: z.string(), count: z.number().int().nonnegative() });
/** There always is one summary (REST specification); what it counts may be nothing. */
const answer = z.object({
  value: z.tuple([z.object({ results: z.object({ resourceDetails: z.array(detail).nullish() }) })]),
});

/** Counts of clusters of a subscription under one assignment. A cluster that one member calls non-compliant is so as a whole. */
export async function readSummary(
  send: Send,
  subscriptionId: string,
  assignmentId: string,
): Promise<ArmResult<PolicySummary>> {
  const reply = await send('POST', summaryUrl(subscriptionId, clustersUnder(assignmentId)));
  if (!reply.ok) return { ok: false, fault: reply.fault };
  const { data } = answer.safeParse(reply.body);
  if (data === undefined) return unreadable('a summary');
  const value = { compliant: 0, nonCompliant: 0, exempt: 0, other: 0 };
  for (const { complianceState, count } of data.value[0].results.resourceDetails ?? []) {
    value[columnOf(complianceState)] += count;
  }
  return { ok: true, value };
}

function columnOf(state: string): keyof PolicySummary {
  switch (state.toLowerCase()) {
    case 'compliant':
      return 'compliant';
    case 'noncompliant':
      return 'nonCompliant';
    case 'exempt':
      return 'exempt';
    default:
      return 'other';
  }
}
