import { setTimeout as sleep } from 'node:timers/promises';

/** The shapes of the API, as far as these tests look at them. */
export interface RolloutJson {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly planHash: string;
  readonly clusters: number;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly endedAt?: string;
  readonly counts: Record<string, number>;
  readonly waiting?: { readonly code: string; readonly detail: string };
  readonly stages: { name: string; phase: string; since: string; clusters: number; counts: Record<string, number> }[];
}
export interface ClusterJson {
  readonly id: string;
  readonly ordinal: number;
  readonly stage: string;
  readonly state: string;
  readonly step?: string;
  readonly code?: string;
  readonly detail?: string;
  readonly written?: boolean;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly evidence?: { commit?: string; statusAt?: string; complianceState?: string };
}
export interface EventJson {
  readonly type: string;
  readonly at: string;
  readonly by: string;
  readonly stage?: string;
  readonly clusterId?: string;
  readonly code?: string;
}
export interface ProblemJson {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: { field: string; code: string; detail: string }[];
}
export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** The HTTP API of one local cloud. */
export class Api {
  readonly base: string;

  constructor(base: string) {
    this.base = base;
  }

  async call<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const init =
      body === undefined
        ? {}
        : typeof body === 'string'
          ? { body }
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const response = await fetch(`${this.base}/api${path}`, {
      method,
      ...init,
      headers: { ...init.headers, ...headers },
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text === '' ? {} : JSON.parse(text)) as T };
  }

  /** 503 is tried again, as the API says: on a busy machine simulated Azure misses deadlines that run sixty times faster. */
  async submit(request: unknown, headers: Record<string, string> = {}): Promise<Answer<RolloutJson & ProblemJson>> {
    for (;;) {
      const answer = await this.call<RolloutJson & ProblemJson>('POST', '/rollouts', request, headers);
      if (answer.status !== 503) return answer;
    }
  }

  command(id: string, kind: string, body?: object, headers: Record<string, string> = {}) {
    return this.call<RolloutJson & ProblemJson>('POST', `/rollouts/${id}/${kind}`, body, headers);
  }

  async rollout(id: string): Promise<RolloutJson> {
    return (await this.call<RolloutJson>('GET', `/rollouts/${id}`)).body;
  }

  async clusters(id: string): Promise<ClusterJson[]> {
    return (await this.call<{ items: ClusterJson[] }>('GET', `/rollouts/${id}/clusters?limit=1000`)).body.items;
  }

  async events(id: string): Promise<EventJson[]> {
    return (await this.call<{ items: EventJson[] }>('GET', `/rollouts/${id}/events?limit=1000`)).body.items;
  }

  async rollouts(): Promise<{ id: string; name: string; status: string }[]> {
    return (await this.call<{ items: { id: string; name: string; status: string }[] }>('GET', '/rollouts?limit=1000'))
      .body.items;
  }

  /** Resolves once the rollout is as wanted; the deadline of the test bounds it. An unreachable API is asked again. */
  async until(id: string, isWanted: (rollout: RolloutJson) => boolean): Promise<RolloutJson> {
    for (;;) {
      const answer = await this.call<RolloutJson>('GET', `/rollouts/${id}`).catch(() => undefined);
      if (answer?.status === 200 && isWanted(answer.body)) return answer.body;
      await sleep(50);
    }
  }

  /** Resolves once the rollout is in one of these states, or has ended in any. */
  untilStatus(id: string, ...statuses: string[]): Promise<RolloutJson> {
    return this.until(id, ({ status, endedAt }) => statuses.includes(status) || endedAt !== undefined);
  }
}
