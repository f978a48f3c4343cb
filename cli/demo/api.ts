import { z } from 'zod';

const counts = z.record(z.string(), z.number());
const stage = z.object({ name: z.string(), phase: z.string(), clusters: z.number(), counts });
const waiting = z.object({ code: z.string(), detail: z.string() });
const rollout = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  clusters: z.number(),
  createdAt: z.string(),
  statusSince: z.string(),
  endedAt: z.string().optional(),
  endReason: z.object({ code: z.string(), detail: z.string() }).optional(),
  waiting: waiting.optional(),
  stages: z.array(stage),
});
const event = z.object({
  type: z.string(),
  at: z.string(),
  stage: z.string().optional(),
  clusterId: z.string().optional(),
  code: z.string().optional(),
  detail: z.string().optional(),
});
const cluster = z.object({
  id: z.string(),
  stage: z.string().optional(),
  state: z.string(),
  code: z.string().optional(),
  detail: z.string().optional(),
});
const page = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), continuation: z.string().optional() });

/** A rollout as the API shows it, as far as the demo looks at it. */
export type Rollout = z.infer<typeof rollout>;
export type Stage = z.infer<typeof stage>;
export type Event = z.infer<typeof event>;
export type Cluster = z.infer<typeof cluster>;

/** How long the API may be unreachable before the demo gives up: a host that died is started again within seconds. Ours. */
const UNREACHABLE_MS_MAX = 30_000;
const TRY_AGAIN_MS = 250;

/** The calls of the demo. Every call is repeated while the API is away; reads are harmless and the submission has a key. */
export class Api {
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;

  /** `key`: an API key, where one is asked for. */
  constructor(base: string, key?: string) {
    this.#base = base;
    this.#headers = key === undefined ? {} : { 'x-functions-key': key };
  }

  async submit(yaml: string, idempotencyKey: string): Promise<Rollout> {
    const headers = { 'content-type': 'application/yaml', 'idempotency-key': idempotencyKey };
    return rollout.parse(await this.#call('/api/rollouts', { method: 'POST', headers, body: yaml }));
  }

  async rollout(id: string): Promise<Rollout> {
    return rollout.parse(await this.#call(`/api/rollouts/${id}`));
  }

  /** Events after `continuation`; the answer says where the next ones begin. */
  async events(id: string, after: number): Promise<{ items: Event[]; next: number }> {
    const numbered = page(event.extend({ sequence: z.number() }));
    const { items } = numbered.parse(await this.#call(`/api/rollouts/${id}/events?continuation=${after}`));
    return { items, next: items.reduce((last, { sequence }) => Math.max(last, sequence), after) };
  }

  /** Every cluster of the rollout, by pages. */
  async clusters(id: string): Promise<Cluster[]> {
    const all: Cluster[] = [];
    for (let from: string | undefined = '0'; from !== undefined;) {
      const path = `/api/rollouts/${id}/clusters?limit=100&continuation=${from}`;
      const read: z.infer<ReturnType<typeof page<typeof cluster>>> = page(cluster).parse(await this.#call(path));
      all.push(...read.items);
      from = read.continuation;
    }
    return all;
  }

  async #call(
    path: string,
    init: { method?: string; headers?: Record<string, string>; body?: string } = {},
  ): Promise<unknown> {
    const headers = { ...this.#headers, ...init.headers };
    const giveUpAt = Date.now() + UNREACHABLE_MS_MAX;
    for (;;) {
      const response = await fetch(this.#base + path, { ...init, headers }).catch((error: unknown) => {
        if (Date.now() > giveUpAt) throw new Error(`The API does not answer at ${this.#base}.`, { cause: error });
      });
      if (response !== undefined && (response.status < 500 || Date.now() > giveUpAt)) return answerOf(response);
      await response?.body?.cancel();
      await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
    }
  }
}

async function answerOf(response: Response): Promise<unknown> {
  const text = await response.text();
  if (!response.ok) throw new Error(`The API answers ${response.status}: ${text.slice(0, 2000)}`);
  return JSON.parse(text);
}
