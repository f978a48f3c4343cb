import { GitSources } from '../git/git-sources.ts';
import { idKey } from '../ids.ts';
import type { Cluster, Extension, FluxConfiguration } from './cluster.ts';
import { Operations } from './operations.ts';
import { ProtectedSources } from './protected-sources.ts';
import { commitId, sha256 } from './random.ts';
import type { Timeline } from './timeline.ts';

/** A subscription with its providers' registration states. */
export interface Subscription {
  readonly id: string;
  readonly displayName: string;
  /** Key: lower-case namespace. Absent means Registered. */
  readonly registrations: Map<string, 'Registering' | 'Unregistered'>;
}

/** Whoever has to know about every change of a resource; Resource Graph does. */
export interface FleetObserver {
  clusterChanged(cluster: Cluster): void;
  extensionChanged(cluster: Cluster, extension: Extension): void;
  configurationChanged(cluster: Cluster, configuration: FluxConfiguration): void;
  extensionRemoved(cluster: Cluster, name: string): void;
  configurationRemoved(cluster: Cluster, name: string): void;
  sourceControlRemoved(cluster: Cluster, name: string): void;
  clusterRemoved(cluster: Cluster): void;
}

/** Everything that exists in a simulated Azure, found by id, by name and by subscription. */
export class Fleet {
  readonly seed: number;
  readonly timeline: Timeline;
  readonly operations: Operations;
  readonly subscriptions: readonly Subscription[];
  readonly tenantId: string;
  /** Repositories that ask for authentication; all others let everybody in. */
  readonly protectedSources = new ProtectedSources();
  /** Git repositories on this machine, which are really fetched. */
  readonly gitSources = new GitSources();
  /** Regions (`westeurope`) in which microsoft.flux is not offered. */
  regionsWithoutFlux: ReadonlySet<string> = new Set();
  /** Set once, before the first request. */
  observer: FleetObserver | undefined;
  readonly #byId = new Map<string, Cluster>();
  readonly #byName = new Map<string, Cluster>();
  readonly #heads = new Map<string, string>();
  readonly #versions = new Map<string, string>();

  constructor(seed: number, timeline: Timeline, tenantId: string, subscriptions: readonly Subscription[]) {
    this.seed = seed;
    this.timeline = timeline;
    this.operations = new Operations(seed);
    this.tenantId = tenantId;
    this.subscriptions = subscriptions;
  }

  /** All clusters that exist, in the order of their generation. */
  get clusters(): Cluster[] {
    return [...this.#byId.values()];
  }

  get nowIso(): string {
    return new Date(this.timeline.now()).toISOString();
  }

  add(cluster: Cluster): void {
    this.#byId.set(idKey(cluster.id), cluster);
    this.#byName.set(cluster.name.toLowerCase(), cluster);
  }

  find(id: string): Cluster | undefined {
    return this.#byId.get(idKey(id));
  }

  /** Names are unique in a generated fleet. */
  findByName(name: string): Cluster | undefined {
    return this.#byName.get(name.toLowerCase());
  }

  findSubscription(id: string): Subscription | undefined {
    return this.subscriptions.find((subscription) => subscription.id === id.toLowerCase());
  }

  /** Removes a cluster with everything on it, as its deletion in Azure does. */
  remove(cluster: Cluster): void {
    cluster.deleted = true;
    cluster.parked.clear();
    this.#byId.delete(idKey(cluster.id));
    this.#byName.delete(cluster.name.toLowerCase());
    this.observer?.clusterRemoved(cluster);
  }

  /** The commit that a branch or tag points to at present; it never moves by itself. */
  head(url: string, reference: string): string {
    const key = `${url}#${reference}`;
    return this.#heads.get(key) ?? commitId(this.seed, key);
  }

  /** The sha256 digest of what a bucket, container or OCI tag holds at present: 64 hexadecimal digits. */
  digest(url: string, reference: string): string {
    const key = `${url}#${reference}`;
    return this.#heads.get(key) ?? sha256(this.seed, key);
  }

  moveHead(url: string, reference: string, id: string): void {
    this.#heads.set(`${url}#${reference}`, id);
  }

  /** The version that was published last for a range; undefined until one was. */
  publishedVersion(url: string, range: string): string | undefined {
    return this.#versions.get(`${url}#${range}`);
  }

  /** The newest version that fits a range is now this one. */
  publishVersion(url: string, range: string, version: string): void {
    this.#versions.set(`${url}#${range}`, version);
  }
}
