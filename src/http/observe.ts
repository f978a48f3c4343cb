import type { FunctionHandler, InvocationContext } from '@azure/functions';
import { z } from 'zod';
import type { OpenSpan } from '../ports/telemetry.ts';
import { describeInvocation } from './describe-invocation.ts';
import type { Edge } from './route.ts';
import { readDelivery } from './trigger-metadata.ts';

/**
 * Runs the handler of any function within a span; for a message, measures how long it waited too. Whatever the handler
 * answers or throws is passed on as it is.
 */
export async function observe(
  edge: () => Edge,
  handler: FunctionHandler,
  input: unknown,
  context: InvocationContext,
): Promise<unknown> {
  const { telemetry, clock } = edge().deps;
  const { span: facts, queue } = describeInvocation(input, context);
  const { enqueuedAt } = readDelivery(context);
  if (queue !== undefined && enqueuedAt !== undefined) {
    // Clocks of broker and process differ by some milliseconds.
    telemetry.record('flotilla.queue.age', Math.max(0, clock.now() - enqueuedAt) / 1000, { queue });
  }
  return telemetry.span(facts, async (span) => {
    const answer: unknown = await handler(input, context);
    if (facts.kind === 'server') noteStatus(span, answer);
    return answer;
  });
}

const Answer = z.object({ status: z.number().default(200) });

/** As OpenTelemetry's conventions have it for servers: what the caller did wrong is no failure. */
function noteStatus(span: OpenSpan, answer: unknown): void {
  const { data } = Answer.safeParse(answer);
  if (data === undefined) return;
  const { status } = data;
  span.set({ 'http.response.status_code': status, ...(status >= 500 && { 'error.type': String(status) }) });
}
