import { parseClusterId } from '../../contracts/cluster-id.ts';
import { ARM_READS, ARM_WRITES, type Quota } from '../../core/throttle/budget.ts';
import type {
  Arm,
  ArmAccepted,
  ArmDeleted,
  ArmFault,
  ArmFound,
  ArmJson,
  ArmResult,
  ProviderRegistration,
} from '../../ports/arm.ts';
import { ArmBucket } from './arm-bucket.ts';
import { configurationJson, extensionJson, fluxV1Json } from './arm-json.ts';
import { child, type WorldCluster } from './azure-cluster.ts';
import { clusterNotFound, resourceNotFound, unknownNamespace, type WriteAnswer } from './azure-faults.ts';
import type { AzureWorld } from './azure-world.ts';

/** The quotas that the subscriptions of a world are metered with. */
export interface ArmQuotas {
  readonly writes: Quota;
  readonly reads: Quota;
}

/** A resource as it is after a write; undefined when it is not there. */
type Shown = { readonly resource: ArmJson; readonly generation: number } | undefined;

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
    return this.#bucketOf(parseClusterId(clusterId)?.subscriptionId ?? '', kind);
  }

  async getConfiguration(clusterId: string, name: string): Promise<ArmResult<ArmJson | undefined>> {
    return this.#read(clusterId, (cluster) => {
      const configuration = cluster.configurations.get(name);
      return configuration && configurationJson(cluster, configuration);
    });
  }

  async listConfigurations(clusterId: string): Promise<ArmResult<readonly ArmFound[]>> {
    return this.#read(clusterId, (cluster) =>
      [...cluster.configurations.values()].map((configuration) => ({
        name: configuration.name,
        resource: configurationJson(cluster, configuration, 'list'),
      })),
    );
  }

  async putConfiguration(clusterId: string, name: string, body: ArmJson): Promise<ArmResult<ArmAccepted>> {
    const write = (): WriteAnswer => this.#world.configurations.put(clusterId, name, child(body, 'properties'));
    return this.#write(clusterId, write, (cluster) => shownConfiguration(cluster, name), name);
  }

  async patchConfiguration(clusterId: string, name: string, body: ArmJson): Promise<ArmResult<ArmAccepted>> {
    const write = (): WriteAnswer => this.#world.configurations.patch(clusterId, name, child(body, 'properties'));
    return this.#write(clusterId, write, (cluster) => shownConfiguration(cluster, name), name);
  }

  async deleteConfiguration(clusterId: string, name: string, force: boolean): Promise<ArmResult<ArmDeleted>> {
    const remove = (): WriteAnswer => this.#world.configurations.remove(clusterId, name, force);
    return this.#remove(clusterId, remove, (cluster) => shownConfiguration(cluster, name));
  }

  async findFluxExtension(clusterId: string): Promise<ArmResult<ArmFound | undefined>> {
    return this.#read(clusterId, (cluster) => {
      const { extension } = cluster;
      return extension && { name: extension.name, resource: extensionJson(cluster, extension) };
    });
  }

  async putExtension(clusterId: string, name: string, body: ArmJson): Promise<ArmResult<ArmAccepted>> {
    const write = (): WriteAnswer => this.#world.extensions.put(clusterId, name, child(body, 'properties'));
    return this.#write(clusterId, write, shownExtension, name);
  }

  async patchExtension(clusterId: string, name: string, body: ArmJson): Promise<ArmResult<ArmAccepted>> {
    const write = (): WriteAnswer => this.#world.extensions.patch(clusterId, name, child(body, 'properties'));
    return this.#write(clusterId, write, shownExtension, name);
  }

  async deleteExtension(clusterId: string, name: string, force: boolean): Promise<ArmResult<ArmDeleted>> {
    return this.#remove(clusterId, () => this.#world.extensions.remove(clusterId, name, force), shownExtension);
  }

  async listFluxV1(clusterId: string): Promise<ArmResult<readonly ArmFound[]>> {
    return this.#read(clusterId, (cluster) =>
      [...cluster.fluxV1].map((name) => ({ name, resource: fluxV1Json(cluster, name) })),
    );
  }

  async deleteFluxV1(clusterId: string, name: string): Promise<ArmResult<ArmDeleted>> {
    return this.#remove(
      clusterId,
      () => this.#world.removeFluxV1(clusterId, name),
      () => undefined,
    );
  }

  async getProvider(subscriptionId: string, namespace: string): Promise<ArmResult<ProviderRegistration>> {
    return this.#metered(subscriptionId.toLowerCase(), 'reads', () => {
      const provider = this.#world.providers.get(subscriptionId, namespace);
      return provider === undefined ? fail(unknownNamespace(namespace)) : done(provider);
    });
  }

  #read<T>(clusterId: string, look: (cluster: WorldCluster) => T): ArmResult<T> {
    return this.#metered(subscriptionOf(clusterId), 'reads', () => {
      const cluster = this.#world.cluster(clusterId);
      return cluster === undefined ? fail(clusterNotFound(clusterId)) : done(look(cluster));
    });
  }

  #write(
    clusterId: string,
    write: () => WriteAnswer,
    look: (cluster: WorldCluster) => Shown,
    name: string,
  ): ArmResult<ArmAccepted> {
    return this.#metered(subscriptionOf(clusterId), 'writes', () => {
      const answer = write();
      if (typeof answer !== 'string') return fail(answer);
      const shown = this.#look(clusterId, look);
      if (shown === undefined) return fail(resourceNotFound(name));
      return done({ resource: shown.resource, ...operationOf(answer, shown) });
    });
  }

  #remove(clusterId: string, remove: () => WriteAnswer, look: (cluster: WorldCluster) => Shown): ArmResult<ArmDeleted> {
    return this.#metered(subscriptionOf(clusterId), 'writes', () => {
      const answer = remove();
      return typeof answer === 'string' ? done(operationOf(answer, this.#look(clusterId, look))) : fail(answer);
    });
  }

  #look(clusterId: string, look: (cluster: WorldCluster) => Shown): Shown {
    const cluster = this.#world.cluster(clusterId);
    return cluster && look(cluster);
  }

  #metered<T>(subscriptionId: string, kind: keyof ArmQuotas, call: () => ArmResult<T>): ArmResult<T> {
    const retryAfterMs = this.#bucketOf(subscriptionId, kind).take(this.#world.now());
    return retryAfterMs === undefined ? call() : fail({ kind: 'throttled', retryAfterMs });
  }

  #bucketOf(subscriptionId: string, kind: keyof ArmQuotas): ArmBucket {
    const key = `${kind}/${subscriptionId}`;
    const bucket = this.#buckets.get(key) ?? new ArmBucket(this.#quotas[kind], this.#world.now());
    this.#buckets.set(key, bucket);
    return bucket;
  }
}

function subscriptionOf(clusterId: string): string {
  return parseClusterId(clusterId)?.subscriptionId ?? '';
}

function shownConfiguration(cluster: WorldCluster, name: string): Shown {
  const configuration = cluster.configurations.get(name);
  return configuration && { resource: configurationJson(cluster, configuration), generation: configuration.generation };
}

function shownExtension(cluster: WorldCluster): Shown {
  const { extension } = cluster;
  return extension && { resource: extensionJson(cluster, extension), generation: extension.generation };
}

function operationOf(answer: 'accepted' | 'done', shown: Shown): ArmDeleted {
  if (answer === 'done' || shown === undefined) return {};
  const path = `${String(shown.resource['id'])}/operations/${shown.generation}`;
  return { operationUrl: `https://management.azure.com${path}?api-version=2025-04-01` };
}

function done<T>(value: T): ArmResult<T> {
  return { ok: true, value };
}

function fail<T>(fault: ArmFault): ArmResult<T> {
  return { ok: false, fault };
}
