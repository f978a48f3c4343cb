import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { Answer, Api, ClusterJson, ProblemJson, RolloutJson } from './api.ts';

/** What came of one example. */
export interface Ended {
  readonly rollout: RolloutJson;
  readonly clusters: ClusterJson[];
}

/** A request of `examples/`, with its soaks shortened and nothing else changed but how many clusters go at once. */
export async function example(name: string): Promise<Record<string, unknown>> {
  const text = await readFile(new URL(`../../../examples/${name}.yaml`, import.meta.url), 'utf8');
  const request = parse(text.replaceAll(/soak: \d+m/g, 'soak: 1m')) as {
    strategy: { maxConcurrency?: unknown; stages: { maxConcurrency?: unknown }[] };
  };
  request.strategy.maxConcurrency = '100%';
  for (const stage of request.strategy.stages) delete stage.maxConcurrency;
  return request;
}

/** Rolls a request out; throws what the API said when it was not taken, and what the clusters said when it failed. */
export async function rollOut(api: Api, request: unknown): Promise<Ended> {
  const dryRun = await patiently(() => api.call<object>('POST', '/rollouts?dryRun=true', request));
  if (dryRun.status !== 200) throw new Error(`dry run: ${JSON.stringify(dryRun.body)}`);
  const submitted = await api.submit(request);
  if (submitted.status !== 202) throw new Error(`submitted: ${JSON.stringify(submitted.body satisfies ProblemJson)}`);
  const { id } = submitted.body;
  const rollout = await api.until(id, ({ endedAt, status }) => endedAt !== undefined || status === 'Halted');
  const clusters = await api.clusters(id);
  if (rollout.status === 'Succeeded') return { rollout, clusters };
  const trouble = clusters.filter(({ state }) => state !== 'Succeeded' && state !== 'Unchanged');
  throw new Error(`${rollout.name} is ${rollout.status}: ${JSON.stringify(trouble.slice(0, 3), undefined, 1)}`);
}

/** As the API says: 503 is to be tried again. On a busy machine simulated Azure misses deadlines that run sixty times faster. */
async function patiently<T>(call: () => Promise<Answer<T>>): Promise<Answer<T>> {
  for (;;) {
    const answer = await call();
    if (answer.status !== 503) return answer;
  }
}
