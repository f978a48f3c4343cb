import { z } from 'zod';
import type { Policy } from '../../ports/policy.ts';
import { ownUrl, type Send } from '../arm-send.ts';
import { isGone, unreadable } from './answers.ts';
import { evaluationUrl } from './paths.ts';

const ended = z.object({ status: z.string().min(1).optional() });

/** On-demand evaluations of subscriptions. `host` is the only one that is asked how they stand. */
export function createEvaluations(send: Send, host: string): Pick<Policy, 'evaluate' | 'evaluation'> {
  return {
    evaluate: async (subscriptionId) => {
      const reply = await send('POST', evaluationUrl(subscriptionId));
      if (!reply.ok) return { ok: false, fault: reply.fault };
      const { status, locationUrl: operationUrl } = reply;
      // 200: the scan is done already (REST specification).
      const state = status === 202 ? 'Running' : 'Succeeded';
      return { ok: true, value: { state, ...(operationUrl !== undefined && { operationUrl }) } };
    },
    evaluation: async (operationUrl) => {
      const url = ownUrl(operationUrl, host);
      if (url === undefined) return { ok: true, value: undefined };
      const reply = await send('GET', url);
      if (isGone(reply)) return { ok: true, value: undefined };
      if (!reply.ok) return { ok: false, fault: reply.fault };
      if (reply.status === 202) return { ok: true, value: 'Running' };
      const { data } = ended.safeParse(reply.body);
      return data === undefined ? unreadable('an evaluation') : { ok: true, value: data.status ?? 'Succeeded' };
    },
  };
}
