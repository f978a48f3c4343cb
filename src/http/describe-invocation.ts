import type { InvocationContext } from '@azure/functions';
import { z } from 'zod';
import { PutOffMessage } from '../contracts/messages.ts';
import type { SpanFacts } from '../ports/telemetry.ts';
import { readDelivery } from './trigger-metadata.ts';

/** One invocation, as telemetry knows it. */
export interface Invocation {
  readonly span: SpanFacts;
  /** Where its message was; absent for what came by no message. */
  readonly queue?: string;
}

/** What triggers of each kind have in their options (`functions/`). */
const Trigger = z.union([
  z.object({ type: z.literal('httpTrigger'), route: z.string() }),
  z.object({ type: z.literal('serviceBusTrigger'), queueName: z.string() }),
  z.object({ type: z.string() }).transform(() => ({ type: 'other' as const })),
]);

/** By which request, message or timer a function was invoked, and for which rollout. */
export function describeInvocation(input: unknown, context: InvocationContext): Invocation {
  const trigger = Trigger.parse(context.options.trigger);
  switch (trigger.type) {
    case 'httpTrigger':
      return { span: spanOfRequest(trigger.route, input, context) };
    case 'serviceBusTrigger':
      return { span: spanOfMessage(trigger.queueName, input, context), queue: trigger.queueName };
    case 'other':
      return { span: { name: context.functionName, kind: 'internal', ...common(context) } };
  }
}

/** The invocation's id is in the host's own telemetry too, and in answers as `x-correlation-id`. */
function common({ invocationId, traceContext }: InvocationContext) {
  return { traceParent: traceContext?.traceParent, attributes: { 'faas.invocation_id': invocationId } };
}

const Request = z.object({ method: z.string(), params: z.record(z.string(), z.string()).catch({}) });

/** What changes a rollout is part of its trace; looking at it is not, since pages that show it ask every few seconds. */
function spanOfRequest(route: string, input: unknown, context: InvocationContext): SpanFacts {
  const { method, params } = Request.parse(input);
  const { traceParent, attributes } = common(context);
  const rolloutId = route.startsWith('rollouts/{id}') && method !== 'GET' ? params['id'] : undefined;
  return {
    name: `${method} ${route}`,
    kind: 'server',
    rolloutId,
    traceParent,
    attributes: {
      ...attributes,
      ...(rolloutId !== undefined && { 'flotilla.rollout.id': rolloutId }),
      'faas.name': context.functionName,
      'http.request.method': method,
      'http.route': route,
    },
  };
}

/** Ids of what a message is about; nothing else of a body is told. */
const Subject = z.object({
  rolloutId: z.string().optional(),
  ordinal: z.number().optional(),
  attempt: z.number().optional(),
});

function spanOfMessage(queue: string, body: unknown, context: InvocationContext): SpanFacts {
  const putOff = PutOffMessage.safeParse(body).data;
  const { rolloutId, ordinal, attempt } = Subject.safeParse(putOff === undefined ? body : putOff.body).data ?? {};
  const { deliveryCount } = readDelivery(context);
  const { traceParent, attributes } = common(context);
  return {
    name: context.functionName,
    kind: 'consumer',
    rolloutId,
    traceParent,
    attributes: {
      ...attributes,
      'messaging.system': 'servicebus',
      'messaging.destination.name': queue,
      ...(deliveryCount !== undefined && { 'messaging.servicebus.message.delivery_count': deliveryCount }),
      ...(rolloutId !== undefined && { 'flotilla.rollout.id': rolloutId }),
      ...(ordinal !== undefined && { 'flotilla.cluster.ordinal': ordinal }),
      ...(attempt !== undefined && { 'flotilla.cluster.attempt': attempt }),
    },
  };
}
