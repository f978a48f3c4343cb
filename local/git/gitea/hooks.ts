import { createHmac, randomUUID } from 'node:crypto';
import type { GiteaEvent } from './push-event.ts';

/** How long a receiver may take (`[webhook] DELIVER_TIMEOUT`, default 5 s); real seconds. */
const DELIVER_MS_MAX = 5000;
/** Deliveries remembered, newest last. Ours. */
const DELIVERIES_MAX = 200;
/** Hooks of one repository. Ours. */
const HOOKS_MAX = 20;

/** A webhook of a repository. */
export interface RepositoryHook {
  readonly id: number;
  /** `owner/name`. */
  readonly repository: string;
  readonly url: string;
  readonly secret: string;
  readonly events: readonly string[];
  readonly isActive: boolean;
}

/** One event sent to one hook. */
export interface HookDelivery {
  /** `X-Gitea-Delivery`. */
  readonly id: string;
  readonly hook: number;
  readonly event: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Of the answer; undefined when none came. */
  readonly status: number | undefined;
  /** Why no answer came. */
  readonly failure: string | undefined;
}

/** The webhooks of all repositories. As in Gitea a delivery that fails is not tried again. */
export class Hooks {
  readonly #hooks: RepositoryHook[] = [];
  readonly #deliveries: HookDelivery[] = [];
  readonly #underWay = new Set<Promise<void>>();
  #lastId = 0;

  get deliveries(): readonly HookDelivery[] {
    return this.#deliveries;
  }

  of(repository: string): RepositoryHook[] {
    return this.#hooks.filter((hook) => hook.repository === repository);
  }

  /** @throws RangeError when the repository has too many */
  add(hook: Omit<RepositoryHook, 'id'>): RepositoryHook {
    if (this.of(hook.repository).length >= HOOKS_MAX) throw new RangeError(`at most ${HOOKS_MAX} hooks per repository`);
    const added = { ...hook, id: (this.#lastId += 1) };
    this.#hooks.push(added);
    return added;
  }

  remove(repository: string, id: number): boolean {
    const index = this.#hooks.findIndex((hook) => hook.repository === repository && hook.id === id);
    if (index >= 0) this.#hooks.splice(index, 1);
    return index >= 0;
  }

  /** Sends an event to every hook of a repository that wants it, without waiting for the answers. */
  send(repository: string, event: GiteaEvent): void {
    for (const hook of this.of(repository)) {
      if (!hook.isActive || !hook.events.includes(event.event)) continue;
      const delivery = this.#deliver(hook, event).finally(() => this.#underWay.delete(delivery));
      this.#underWay.add(delivery);
    }
  }

  /** Resolves once nothing is under way. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  async #deliver(hook: RepositoryHook, { event, payload }: GiteaEvent): Promise<void> {
    const id = randomUUID();
    const body = JSON.stringify(payload);
    const headers = headersOf(id, event, hook.secret, body);
    let status: number | undefined;
    let failure: string | undefined;
    try {
      const signal = AbortSignal.timeout(DELIVER_MS_MAX);
      const response = await fetch(hook.url, { method: 'POST', body, headers, signal, redirect: 'manual' });
      await response.arrayBuffer();
      status = response.status;
    } catch (error) {
      failure = reasonOf(error);
    }
    this.#deliveries.push({ id, hook: hook.id, event, headers, body, status, failure });
    if (this.#deliveries.length > DELIVERIES_MAX) this.#deliveries.shift();
  }
}

/** `fetch` says only that it failed; what happened is the cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}

/** Gitea signs for receivers of Gogs and GitHub too (services/webhook/deliver.go); without a secret the signatures are empty. */
function headersOf(id: string, event: string, secret: string, body: string): Record<string, string> {
  const sign = (algorithm: string): string =>
    secret === '' ? '' : createHmac(algorithm, secret).update(body).digest('hex');
  const sha256 = sign('sha256');
  const named = ['Gitea', 'Gogs', 'GitHub'].flatMap((name) => [
    [`X-${name}-Delivery`, id],
    [`X-${name}-Event`, event],
    [`X-${name}-Event-Type`, event],
  ]);
  return {
    'Content-Type': 'application/json',
    ...Object.fromEntries<string>(named.map(([name = '', value = '']) => [name, value])),
    'X-Gitea-Signature': sha256,
    'X-Gogs-Signature': sha256,
    'X-Hub-Signature': `sha1=${sign('sha1')}`,
    'X-Hub-Signature-256': `sha256=${sha256}`,
  };
}
