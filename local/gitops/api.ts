import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

const revision = z.object({ commit: z.string() });
const definition = z.object({
  pending: z.object({ revision }).optional(),
  running: z.object({ revision, rolloutId: z.string() }).optional(),
  last: z.object({ revision, rolloutId: z.string() }).optional(),
});
const rollout = z.object({
  id: z.string(),
  status: z.string(),
  endedAt: z.string().optional(),
  supersededBy: z.string().optional(),
  stages: z.array(z.object({ name: z.string(), phase: z.string(), clusters: z.number() })),
});
const cluster = z.object({
  stage: z.string(),
  state: z.string(),
  code: z.string().optional(),
  detail: z.string().optional(),
});
const rollouts = z.object({ items: z.array(z.object({ id: z.string() })) });

export type Rollout = z.infer<typeof rollout>;
export type RolloutCluster = z.infer<typeof cluster>;

/** How often what is waited for is asked for; real time. */
const ASK_EVERY_MS = 150;
/** No step of the story takes this long, on the slowest machine; real time. Ours. */
const WAIT_MS_MAX = 60_000;

/** The calls that the story makes of Flotilla's API. */
export class Api {
  readonly #base: string;

  constructor(base: string) {
    this.#base = base;
  }

  async put(path: string, body: object): Promise<void> {
    await this.#call(path, {
      method: 'PUT',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  }

  async rollout(id: string): Promise<Rollout> {
    return rollout.parse(await this.#call(`/rollouts/${id}`));
  }

  async clusters(id: string): Promise<RolloutCluster[]> {
    return z.object({ items: z.array(cluster) }).parse(await this.#call(`/rollouts/${id}/clusters?limit=100`)).items;
  }

  /** Ids of all rollouts. */
  async rollouts(): Promise<string[]> {
    return rollouts.parse(await this.#call('/rollouts?limit=100')).items.map(({ id }) => id);
  }

  /** The rollout that a definition has begun for a commit, once there is one. */
  async rolloutOf(name: string, commit: string): Promise<string> {
    return this.untilFound(`a rollout of ${commit}`, async () => {
      const { running, last } = definition.parse(await this.#call(`/definitions/${name}`));
      return [running, last].find((each) => each?.revision.commit === commit)?.rolloutId;
    });
  }

  /** The rollout once it is as wanted; `onChange` sees it whenever a stage or the whole got further. */
  async until(id: string, isWanted: (seen: Rollout) => boolean, onChange: (seen: Rollout) => void): Promise<Rollout> {
    let shown = '';
    return this.untilFound(`rollout ${id}`, async () => {
      const seen = await this.rollout(id).catch(() => undefined);
      if (seen === undefined) return undefined;
      const state = JSON.stringify([seen.status, seen.stages]);
      if (state !== shown) onChange(seen);
      shown = state;
      return isWanted(seen) ? seen : undefined;
    });
  }

  /** Asks until there is an answer. @throws when there is none in time */
  async untilFound<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
    const giveUp = AbortSignal.timeout(WAIT_MS_MAX);
    while (!giveUp.aborted) {
      const found = await ask();
      if (found !== undefined) return found;
      await sleep(ASK_EVERY_MS);
    }
    throw new Error(`Waited ${WAIT_MS_MAX / 1000} s in vain for ${what}.`);
  }

  async #call(path: string, init: RequestInit = {}): Promise<unknown> {
    const response = await fetch(`${this.#base}/api${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${init.method ?? 'GET'} ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}
