import { parseClusterId } from '../../contracts/cluster-id.ts';
import { ARM_READS, ARM_WRITES, type Quota } from '../../core/throttle/budget.ts';
import type { Arm, ArmAccepted, ArmFault, ArmJson, ArmResult } from '../../ports/arm.ts';
import { configurationJson, extensionJson } from './arm-json.ts';
import { child } from './azure-cluster.ts';
import type { AzureWorld, WriteAnswer } from './azure-world.ts';

/** The quotas that the subscriptions of a world are metered with. */
export interface ArmQuotas {
  readonly writes: Quota;
  readonly reads: Quota;
}

/** ARM's token bucket of one subscription: refused requests cost nothing, but nothing is let through before Retry-After. */
export class ArmBucket {
  readonly #quota: Quota;
  #tokens: number;
  #at: number;
  #blockedUntil = 0;

  constructor(quota: Quota, now: number) {
    this.#quota = quota;
    this.#tokens = quota.capacity;
    this.#at = now;
  }

  /** Takes one token: undefined when there was one, else how long to stay away. */
  take(now: number): number | undefined {
    const { capacity, refillPerSecond } = this.#quota;
    this.#tokens = Math.min(capacity, this.#tokens + ((now - this.#at) * refillPerSecond) / 1000);
    this.#at = now;
    if (now < this.#blockedUntil) return this.#blockedUntil - now;
    if (this.#tokens < 1)
      return this.block(now, Math.max(1000, Math.ceil(((1 - this.#tokens) / refillPerSecond) * 1000)));
    this.#tokens -= 1;
    return undefined;
  }

  /** Refuses everything for a while, as when somebody else used the bucket up. */
  block(now: number, retryAfterMs: number): number {
    this.#blockedUntil = Math.max(this.#blockedUntil, now + retryAfterMs);
    return this.#blockedUntil - now;
  }
}

/** ARM over a simulated fleet, in memory: same answers, no sockets, no delays of its own. */
export class MemoryArm implements Arm {
  readonly #world: AzureWorld;
  readonly #quotas: ArmQuotas;
  readonly #buckets = new Map<string, ArmBucket>();

  constructor(world: AzureWorld, quotas: ArmQuotas = { writes: ARM_WRITES, reads: ARM_READS }) {
    this.#world = world;
    this.#quotas = quotas;
  }

  /** The bucket that a call on this cluster draws from: per subscription, reads apart from writes. */
  bucket(clusterId: string, kind: keyof ArmQuotas): ArmBucket {
    const key = `${kind}/${parseClusterId(clusterId)?.subscriptionId ?? ''}`;
    const bucket = this.#buckets.get(key) ?? new ArmBucket(this.#quotas[kind], this.#world.now());
    this.#buckets.set(key, bucket);
    return bucket;
  }

  async getConfiguration(clusterId: string, name: string): Promise<ArmResult<ArmJson | undefined>> {
    return this.#metered(clusterId, 'reads', () => {
      const cluster = this.#world.cluster(clusterId);
      if (cluster === undefined) return fail(notFound(clusterId));
      const configuration = cluster.configurations.get(name);
      return done(configuration === undefined ? undefined : configurationJson(cluster, configuration));
    });
  }

  async putConfiguration(clusterId: string, name: string, body: ArmJson): Promise<ArmResult<ArmAccepted>> {
    return this.#metered(clusterId, 'writes', () => {
      const answer = this.#world.writeConfiguration(clusterId, name, child(body, 'properties'));
      if (answer !== 'accepted') return fail(refusal(clusterId, answer));
      const cluster = this.#world.cluster(clusterId);
      const configuration = cluster?.configurations.get(name);
      if (cluster === undefined || configuration === undefined) return fail(notFound(clusterId));
      const resource = configurationJson(cluster, configuration);
      return done({ resource, operationUrl: operationUrl(resource, configuration.generation) });
    });
  }

  async findFluxExtension(clusterId: string): Promise<ArmResult<{ name: string; resource: ArmJson } | undefined>> {
    return this.#metered(clusterId, 'reads', () => {
      const cluster = this.#world.cluster(clusterId);
      if (cluster === undefined) return fail(notFound(clusterId));
      const { extension } = cluster;
      return done(extension && { name: extension.name, resource: extensionJson(cluster, extension) });
    });
  }

  async putExtension(clusterId: string, name: string, _body: ArmJson): Promise<ArmResult<ArmAccepted>> {
    return this.#metered(clusterId, 'writes', () => {
      const answer = this.#world.writeExtension(clusterId, name);
      if (answer !== 'accepted') return fail(refusal(clusterId, answer));
      const cluster = this.#world.cluster(clusterId);
      if (cluster?.extension === undefined) return fail(notFound(clusterId));
      const resource = extensionJson(cluster, cluster.extension);
      return done({ resource, operationUrl: operationUrl(resource, 1) });
    });
  }

  #metered<T>(clusterId: string, kind: keyof ArmQuotas, call: () => ArmResult<T>): ArmResult<T> {
    const retryAfterMs = this.bucket(clusterId, kind).take(this.#world.now());
    return retryAfterMs === undefined ? call() : fail({ kind: 'throttled', retryAfterMs });
  }
}

function done<T>(value: T): ArmResult<T> {
  return { ok: true, value };
}

function fail<T>(fault: ArmFault): ArmResult<T> {
  return { ok: false, fault };
}

function notFound(clusterId: string): ArmFault {
  return { kind: 'clusterNotFound', detail: `The Resource '${clusterId}' was not found.` };
}

function refusal(clusterId: string, answer: Exclude<WriteAnswer, 'accepted'>): ArmFault {
  switch (answer) {
    case 'busy':
      return { kind: 'conflict', code: 'Conflict', detail: 'Another operation is in progress on the cluster.' };
    case 'denied':
      return {
        kind: 'refused',
        code: 'RequestDisallowedByPolicy',
        detail: 'The resource was disallowed by a policy or a lock.',
      };
    case 'notFound':
      return notFound(clusterId);
  }
}

function operationUrl(resource: ArmJson, generation: number): string {
  return `https://management.azure.com${String(resource['id'])}/operations/${generation}?api-version=2025-04-01`;
}
