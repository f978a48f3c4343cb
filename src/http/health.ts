import type { HttpResponseInit } from '@azure/functions';
import { json, type Call, type OpenCall } from './route.ts';

/** `GET /api/health`, for anybody: 200 when everything answers, 503 when not. Which part does not is told, and no more. */
export async function getHealth({ health }: OpenCall): Promise<HttpResponseInit> {
  const { ok, at, parts } = await health.check();
  return json({ ok, at, parts: parts.map((part) => ({ name: part.name, ok: part.ok })) }, ok ? 200 : 503);
}

/** `GET /api/health/details`: the same with words, which name rollouts, queues and vaults. */
export async function getHealthDetails({ health }: Call): Promise<HttpResponseInit> {
  const answer = await health.check();
  return json(answer, answer.ok ? 200 : 503);
}
