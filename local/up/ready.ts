import { setTimeout as sleep } from 'node:timers/promises';

/** A slow machine under load needs a minute at most. Ours. */
const READY_MS_MAX = 90_000;
const ASK_EVERY_MS = 100;

/** Runs one query, so that the first one of the application does not wait for the query parser to load. */
export async function warmUpGraph(armEndpoint: string): Promise<void> {
  const url = `${armEndpoint}/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01`;
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: 'Bearer local-cloud', 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'resources | take 1' }),
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`Simulated Azure answers a query with ${response.status}.`);
}

/** Resolves once the application says that it is healthy. @throws when it does not in time, or its host is given up */
export async function untilHealthy(api: string, broken: Promise<Error>): Promise<void> {
  const giveUp = AbortSignal.timeout(READY_MS_MAX);
  const hostIsBroken = broken.then((error) => Promise.reject(error));
  let last = 'no answer';
  while (!giveUp.aborted) {
    last = await Promise.race([askHealth(api, giveUp), hostIsBroken]);
    if (last === HEALTHY) return;
    await sleep(ASK_EVERY_MS);
  }
  throw new Error(`The application is not healthy after ${READY_MS_MAX / 1000} s: ${last}`);
}

const HEALTHY = '200';

async function askHealth(api: string, signal: AbortSignal): Promise<string> {
  try {
    const response = await fetch(`${api}/api/health`, { signal });
    const body = await response.text();
    return response.ok ? HEALTHY : `${response.status} ${body}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
