import type { Delivery, HeldMessage, MemoryBus, MemoryQueue } from '../../../src/adapters/memory/bus.ts';
import type { FaultPlan } from '../kernel/faults.ts';
import { Invocation, type Host } from '../kernel/invocation.ts';
import type { Kernel } from '../kernel/kernel.ts';

/** Runs one message; the functions' triggers in production. */
export type Handle = (invocation: Invocation, body: string) => Promise<unknown>;

export interface QueueHandlers {
  readonly queue: string;
  readonly handle: Handle;
  readonly handleDead: Handle;
}

interface Running {
  readonly invocation: Invocation;
  finished: boolean;
}

/** How long a queue waits for a host when all of them are busy or down. */
const BUSY_MS = 1000;
/** Longest time the Functions runtime renews a message's lock (`maxAutoLockRenewalDuration`, default 5 minutes). */
const RENEWAL_MS_MAX = 5 * 60_000;

/**
 * The function hosts: each takes a bounded number of messages per queue, renews their locks, settles them when the handler
 * is through, and may die, be slow, or have a clock that is off.
 */
export class Hosts {
  readonly all: readonly Host[];
  readonly #kernel: Kernel;
  readonly #faults: FaultPlan;
  readonly #bus: MemoryBus;
  readonly #concurrency: number;
  readonly #onFailed: (invocation: Invocation, error: unknown) => void;
  readonly #onBuried: (queue: string, body: string) => void;
  readonly #running = new Map<string, Running[]>();
  readonly #downUntil = new Map<string, { life: number; until: number }>();
  readonly #pumpAt = new Map<string, number>();
  #handlers: readonly QueueHandlers[] = [];
  #invocations = 0;

  constructor(options: {
    kernel: Kernel;
    faults: FaultPlan;
    bus: MemoryBus;
    count: number;
    concurrency: number;
    onFailed: (invocation: Invocation, error: unknown) => void;
    onBuried: (queue: string, body: string) => void;
  }) {
    this.#kernel = options.kernel;
    this.#faults = options.faults;
    this.#bus = options.bus;
    this.#concurrency = options.concurrency;
    this.#onFailed = options.onFailed;
    this.#onBuried = options.onBuried;
    this.all = Array.from({ length: options.count }, (_, index) => ({ name: `host-${index}`, skewMs: 0, life: 0 }));
  }

  serve(handlers: readonly QueueHandlers[]): void {
    this.#handlers = handlers;
  }

  /** Runs something that no message started: an HTTP request, a timer. Undefined answers mean that the host died. */
  run<T>(
    about: string,
    subject: { rolloutId?: string },
    work: (invocation: Invocation) => Promise<T>,
    done: (answer: { ok: true; value: T } | { ok: false; error: unknown }) => void,
  ): void {
    const host = this.#pick(about);
    if (host === undefined) return;
    const invocation = new Invocation(`i${++this.#invocations}`, host, about, subject);
    this.#kernel.note(`${about} begins on ${host.name} as ${invocation.id}`);
    work(invocation).then(
      (value) => {
        if (invocation.alive) done({ ok: true, value });
      },
      (error: unknown) => {
        if (invocation.alive) done({ ok: false, error });
      },
    );
  }

  /** Asks for a delivery round of a queue as soon as something is visible, but not before `notBefore`. */
  pump(queue: string, notBefore = 0): void {
    const next = this.#bus.queues.get(queue)?.nextVisibleAt();
    if (next === undefined) return;
    const at = Math.max(next, this.#kernel.now(), notBefore);
    const planned = this.#pumpAt.get(queue);
    if (planned !== undefined && planned <= at) return;
    this.#pumpAt.set(queue, at);
    this.#kernel.after(
      at - this.#kernel.now(),
      () => {
        // An earlier round was asked for after this one; it has taken its place.
        if (this.#pumpAt.get(queue) === at) this.#deliver(queue);
      },
      `pump ${queue}`,
    );
  }

  /** Invocations that have not come to an end, zombies too. */
  get busy(): number {
    let count = 0;
    for (const running of this.#running.values()) count += running.filter(isBusy).length;
    return count;
  }

  #deliver(name: string): void {
    this.#pumpAt.delete(name);
    const queue = this.#bus.queues.get(name);
    const handlers = this.#handlers.find(({ queue: served }) => served === name);
    if (queue === undefined || handlers === undefined) return;
    for (let host = this.#free(name); host !== undefined; host = this.#free(name)) {
      const delivery = queue.receive(this.#kernel.now());
      if (delivery === undefined) break;
      this.#start(host, queue, delivery, handlers);
    }
    this.#bury(queue, handlers);
    // What is visible and was not taken has to wait for a free host: a settled message pumps at once.
    this.pump(name, this.#kernel.now() + BUSY_MS);
  }

  #start(host: Host, queue: MemoryQueue, delivery: Delivery, handlers: QueueHandlers): void {
    const invocation = new Invocation(`i${++this.#invocations}`, host, about(queue, delivery), subject(delivery.body));
    const running: Running = { invocation, finished: false };
    this.#list(`${host.name}/${queue.spec.name}`).push(running);
    this.#kernel.note(`${invocation.about} delivery ${delivery.deliveryCount} on ${host.name} as ${invocation.id}`);
    if (this.#faults.fires('lockLost', invocation.id)) invocation.lockLost = true;
    this.#renew(queue, delivery, running, this.#kernel.now());
    handlers.handle(invocation, delivery.body).then(
      () => {
        this.#settle(queue, delivery, running, undefined);
      },
      (error: unknown) => {
        this.#settle(queue, delivery, running, { error });
      },
    );
  }

  #settle(queue: MemoryQueue, delivery: Delivery, running: Running, failure: { error: unknown } | undefined): void {
    const { invocation } = running;
    running.finished = true;
    if (!invocation.alive) return;
    if (failure !== undefined) {
      this.#kernel.note(`${invocation.about} failed: ${String(failure.error)}`);
      this.#onFailed(invocation, failure.error);
      queue.abandon(delivery, this.#kernel.now());
    } else if (this.#faults.fires('completeFails', invocation.id)) {
      this.#kernel.note(`${invocation.about} done, but completing fails`);
    } else {
      const settled = queue.complete(delivery, this.#kernel.now());
      this.#kernel.note(`${invocation.about} ${settled ? 'completed' : 'done, lock lost'}`);
    }
    this.pump(queue.spec.name);
  }

  #renew(queue: MemoryQueue, delivery: Delivery, running: Running, since: number): void {
    const everyMs = (queue.spec.lockDurationSeconds * 1000) / 2;
    this.#kernel.after(
      everyMs,
      () => {
        const { invocation, finished } = running;
        if (finished || !invocation.alive || invocation.lockLost) return;
        if (this.#kernel.now() - since > RENEWAL_MS_MAX || !queue.renew(delivery, this.#kernel.now())) return;
        this.#renew(queue, delivery, running, since);
      },
      'renew',
    );
  }

  /** Messages that were delivered too often: their handler runs until it succeeds once. */
  #bury(queue: MemoryQueue, handlers: QueueHandlers): void {
    for (const message of queue.takeDead()) {
      this.#kernel.note(`${queue.spec.name} dead letter ${message.body}`);
      this.#onBuried(queue.spec.name, message.body);
      this.#handleDead(queue.spec.name, message, handlers);
    }
  }

  #handleDead(queue: string, message: HeldMessage, handlers: QueueHandlers): void {
    let answered = false;
    this.run(
      `dead ${queue} ${message.body}`,
      subject(message.body),
      (invocation) => handlers.handleDead(invocation, message.body),
      (answer) => {
        answered = answer.ok;
      },
    );
    this.#kernel.after(
      60_000,
      () => {
        if (!answered) this.#handleDead(queue, message, handlers);
      },
      'dead letter again',
    );
  }

  #free(queue: string): Host | undefined {
    const candidates = this.all.filter((host) => {
      const key = `${host.name}/${queue}`;
      const running = this.#list(key).filter(isBusy);
      this.#running.set(key, running);
      return running.length < this.#concurrency;
    });
    return this.#choose(candidates, queue);
  }

  #pick(purpose: string): Host | undefined {
    return this.#choose(this.all, purpose);
  }

  #choose(hosts: readonly Host[], purpose: string): Host | undefined {
    const up = hosts.filter((host) => this.#isUp(host));
    return up[Math.floor(this.#faults.unit('host', `${purpose}/${this.#kernel.steps}`) * up.length)];
  }

  /** A host that died comes back after a while. */
  #isUp(host: Host): boolean {
    const known = this.#downUntil.get(host.name) ?? { life: 0, until: 0 };
    if (known.life !== host.life) {
      const downMs = 2000 + this.#faults.unit('down', `${host.name}/${host.life}`) * 60_000;
      this.#downUntil.set(host.name, { life: host.life, until: this.#kernel.now() + downMs });
      return false;
    }
    return known.until <= this.#kernel.now();
  }

  #list(key: string): Running[] {
    const list = this.#running.get(key) ?? [];
    this.#running.set(key, list);
    return list;
  }
}

function isBusy({ invocation, finished }: Running): boolean {
  return !finished && invocation.alive;
}

function subject(body: string): { rolloutId?: string; ordinal?: number } {
  const { rolloutId, ordinal } = JSON.parse(body) as { rolloutId?: string; ordinal?: number };
  return { ...(rolloutId !== undefined && { rolloutId }), ...(ordinal !== undefined && { ordinal }) };
}

function about(queue: MemoryQueue, delivery: Delivery): string {
  const { rolloutId, sweepId, shard, ordinal, attempt, step } = JSON.parse(delivery.body) as Record<
    string,
    string | number | undefined
  >;
  const which = [String(rolloutId ?? sweepId).slice(-4), shard, ordinal, attempt, step]
    .filter((part) => part !== undefined)
    .join('/');
  return `${queue.spec.name}(${which})`;
}
