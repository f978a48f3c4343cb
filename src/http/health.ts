import type { HttpResponseInit } from '@azure/functions';
import { checkHealth } from '../app/check-health.ts';
import { json, type OpenCall } from './route.ts';

/** `GET /api/health`: 200 when everything answers, 503 when not; the body says what. */
export async function getHealth(call: OpenCall): Promise<HttpResponseInit> {
  const health = await checkHealth(call.deps);
  return json(health, health.ok ? 200 : 503);
}
