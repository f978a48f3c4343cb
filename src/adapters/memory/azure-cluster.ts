import type { ArmJson } from '../../ports/arm.ts';
import type { ClusterType } from '../../contracts/cluster-id.ts';

/** How one simulated cluster answers a change. Times are milliseconds. */
export interface AgentBehaviour {
  /** From an accepted write to the end of its provisioning, and from an accepted deletion to the end of the resource. */
  readonly acceptMs: number;
  /** From the end of provisioning to the agent's report on it. */
  readonly syncMs: number;
  /**
   * `converges`: reports Compliant. `recovers`: reports Non-Compliant first, Compliant `recoverMs` later. `fails`:
   * Non-Compliant for ever. `silent`: never reports. `refuses`: provisioning ends Failed. `stuck`: provisioning never ends.
   */
  readonly outcome: 'converges' | 'recovers' | 'fails' | 'silent' | 'refuses' | 'stuck';
  readonly recoverMs: number;
  /** True when the old revision's status is reported once more, with a new time, before the new one is synced. */
  readonly repeatsOldStatus: boolean;
  /** How the agent writes the commit it synced: Flux has changed this over its versions. */
  readonly commitFormat: 'branch@sha1:commit' | 'branch/commit';
  /** From an accepted write of the extension to its end. */
  readonly installMs: number;
  /** How installations and updates of the extension end; `stuck` ones, and removals beside them, never do. */
  readonly install: 'succeeds' | 'fails' | 'stuck';
}

export const DEFAULT_AGENT: AgentBehaviour = {
  acceptMs: 10_000,
  syncMs: 20_000,
  outcome: 'converges',
  recoverMs: 30_000,
  repeatsOldStatus: false,
  commitFormat: 'branch@sha1:commit',
  installMs: 60_000,
  install: 'succeeds',
};

/** What the agent last said about one configuration, and which generation of it that was. */
export interface AgentReport {
  readonly generation: number;
  readonly compliant: boolean;
  /** It stands still at `commit`; what it said before is what it still shows. */
  readonly suspended: boolean;
  /** The revision its source is at, as the agent writes it; undefined before the first. */
  readonly commit: string | undefined;
  readonly at: number;
  /** Since when it has said the same. */
  readonly since: number;
}

/** One `fluxConfigurations` resource. A change makes a new value; what was handed out stays as it was. */
export interface WorldConfiguration {
  readonly name: string;
  /** Properties as they were sent, secrets included; a GET shows them redacted. */
  readonly properties: ArmJson;
  /** Grows with every accepted write in the world, so that a resource made again is told from the one before. */
  readonly generation: number;
  /** The generation that created it: what its predecessor of the same name was told does not concern it. */
  readonly bornAs: number;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly provisioningState: string;
  readonly report: AgentReport | undefined;
}

/** The `microsoft.flux` extension of a cluster. */
export interface WorldExtension {
  readonly name: string;
  /** Properties as the service keeps them, secrets included. */
  readonly properties: ArmJson;
  readonly generation: number;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly provisioningState: string;
  /** What is wrong with a `Failed` one. */
  readonly failure: string | undefined;
  readonly currentVersion: string | undefined;
}

/** One simulated cluster. */
export interface WorldCluster {
  readonly id: string;
  readonly name: string;
  readonly type: ClusterType;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Grows when a cluster is deleted and made again under the same id. */
  readonly incarnation: number;
  readonly agent: AgentBehaviour;
  /** A lock or a policy refuses every write. */
  readonly deniesWrites: boolean;
  readonly connected: boolean;
  /** Since when it is not connected; undefined while it is. */
  readonly lostAt: number | undefined;
  /** State of the cluster resource itself. */
  readonly provisioningState: string;
  /** Arc: what runs there. */
  readonly distribution: string | undefined;
  /** AKS: undefined on one that runs as a service principal. */
  readonly identityType: string | undefined;
  readonly extension: WorldExtension | undefined;
  readonly configurations: ReadonlyMap<string, WorldConfiguration>;
  /** Names of its Flux v1 configurations; while there is one, the extension cannot be installed. */
  readonly fluxV1: ReadonlySet<string>;
  /** The write that ARM is working on: a second one is answered with 409. */
  readonly operation: string | undefined;
}

/** The commit a configuration pins, from its raw properties. */
export function pinnedCommit(properties: ArmJson): { branch: string; commit: string | undefined } {
  const ref = child(child(properties, 'gitRepository'), 'repositoryRef');
  return { branch: text(ref, 'branch') ?? 'main', commit: text(ref, 'commit') };
}

/** A text in raw JSON; undefined when there is none. */
export function text(json: ArmJson, key: string): string | undefined {
  return typeof json[key] === 'string' ? json[key] : undefined;
}

/** The operation of a write on a configuration, as `WorldCluster.operation` names it. */
export function configurationOperation(name: string): string {
  return `configuration/${name}`;
}

/** The operation of a write on the extension. */
export const EXTENSION_OPERATION = 'extension';

/** A nested object of raw JSON; empty when there is none. */
export function child(json: ArmJson, key: string): ArmJson {
  const value = json[key];
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}
