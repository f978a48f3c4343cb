import type { TokenCredential } from '@azure/core-auth';
import { DefaultAzureCredential } from '@azure/identity';
import type { Deps } from './app/deps.ts';
import { Health } from './app/check-health.ts';
import { RevisionWorker } from './app/definitions/receive-revision.ts';
import { FleetFigures } from './app/telemetry/fleet-figures.ts';
import { DeliveryGate } from './app/webhooks/gate.ts';
import { FLUX_API_VERSIONS } from './adapters/arm/api-versions.ts';
import { createArm } from './adapters/arm/arm.ts';
import { createLocalCredential } from './adapters/arm/local-credential.ts';
import { createCommitStatuses } from './adapters/commit-status/commit-statuses.ts';
import { createGitRemote } from './adapters/git/git-remote.ts';
import { gitHosts } from './adapters/git-hosts.ts';
import { createVaultProbe } from './adapters/keyvault/probe.ts';
import { createSecrets, type SecretsOptions } from './adapters/keyvault/secrets.ts';
import { createActivityLog } from './adapters/monitor/activity-log.ts';
import { createPolicy } from './adapters/policy/policy.ts';
import { createGraph } from './adapters/resourcegraph/graph.ts';
import { createGraphProbe } from './adapters/resourcegraph/probe.ts';
import { createBus } from './adapters/servicebus/bus.ts';
import { createClock } from './adapters/system/clock.ts';
import { createDigest } from './adapters/system/digest.ts';
import { createIds } from './adapters/system/ids.ts';
import { createLog } from './adapters/system/log.ts';
import { RecentHooks } from './adapters/system/recent-hooks.ts';
import { createWithin } from './adapters/system/within.ts';
import { createTables } from './adapters/tables/tables.ts';
import { accessOf } from './compose/access.ts';
import { notifierOf } from './compose/notifier.ts';
import { telemetryOf } from './compose/telemetry.ts';
import { authorityOf } from './config/clouds.ts';
import { readConfig, Settings, type Config } from './config.ts';
import { ARM_REQUEST_SECONDS, GIT_REQUEST_SECONDS, HEALTH_PART_SECONDS } from './contracts/timing.ts';
import type { Edge } from './http/route.ts';
import type { Clock } from './ports/clock.ts';
import type { Probe } from './ports/probe.ts';

let composed: Edge | undefined;

/** The application of this process, built on first use from the environment: adapters keep connections, so there is one. */
export function app(): Edge {
  composed ??= compose(readConfig(process.env));
  return composed;
}

/** Sends what telemetry of this process waits to be sent: nothing where nothing was built, so that its end builds nothing. */
export async function endTelemetry(): Promise<void> {
  await composed?.deps.telemetry.flush();
}

/** Builds every adapter: the only place that does. */
export function compose(config: Config): Edge {
  const clock = createClock(config.FLOTILLA_CLOCK);
  const credential = credentialFor(config);
  const speed = config.FLOTILLA_CLOCK?.speed ?? 1;
  const requestTimeoutMs = (ARM_REQUEST_SECONDS * 1000) / speed;
  const log = createLog(clock);
  const telemetry = telemetryOf(config, credential, log);
  const azure = { endpoint: config.FLOTILLA_ARM_ENDPOINT, credential, clock, requestTimeoutMs, telemetry };
  const hosts = gitHosts({ hosts: config.FLOTILLA_GIT_HOSTS, loopback: isLocal(config) });
  const gitAccess = { hosts, clock, timeoutMs: GIT_REQUEST_SECONDS * 1000 };
  const tables = createTables(tablesAt(config, credential));
  const bus = createBus(busAt(config, credential, clock));
  const deps: Deps = {
    clock,
    ids: createIds(clock),
    digest: createDigest(config.FLOTILLA_HASH_KEY),
    log,
    telemetry,
    store: tables.rolloutStore,
    index: tables.rolloutIndex,
    leases: tables.leases,
    budgets: tables.budgets,
    inventory: tables.inventory,
    bus,
    arm: createArm({ ...azure, fluxApiVersions: { ...FLUX_API_VERSIONS, ...config.FLOTILLA_FLUX_API_VERSIONS } }),
    graph: createGraph({ ...azure, speed }),
    secrets: createSecrets(secretsOf(config, credential, clock)),
    sentSecrets: tables.sentSecrets,
    compliance: tables.compliance,
    policy: createPolicy(azure),
    activityLog: createActivityLog(azure),
    notifier: notifierOf(config, {
      ...{ credential, clock, publicUrl: publicUrlOf(config) },
      environment: environmentOf(config),
    }),
    bindings: tables.bindings,
    hooks: new RecentHooks(tables.hooks, clock),
    deliveries: tables.deliveries,
    definitions: tables.definitions,
    gitRemote: createGitRemote(gitAccess),
    commitStatuses: createCommitStatuses(gitAccess),
    subscriptions: config.FLOTILLA_SUBSCRIPTIONS,
    publicUrl: publicUrlOf(config),
  };
  const probes = [bus.probe, createGraphProbe({ ...azure, speed }, deps.subscriptions), vaultProbeOf(config, deps)];
  const within = createWithin(HEALTH_PART_SECONDS);
  const gate = new DeliveryGate();
  return {
    deps,
    access: accessOf(config, clock),
    requests: bus.requests,
    gate,
    revisions: new RevisionWorker(deps, gate),
    health: new Health(deps, probes, within),
    figures: new FleetFigures(deps, bus.watch, within),
  };
}

/** Plain http is the local cloud's; the adapters refuse it anywhere but on loopback. */
function isLocal({ FLOTILLA_ARM_ENDPOINT }: Config): boolean {
  return FLOTILLA_ARM_ENDPOINT.startsWith('http://');
}

function publicUrlOf({ FLOTILLA_PUBLIC_URL: url, WEBSITE_HOSTNAME: host }: Config): string | undefined {
  if (url !== undefined) return url.replace(/\/+$/, '');
  if (host === undefined) return undefined;
  return `${host.startsWith('localhost') ? 'http' : 'https'}://${host}`;
}

/** The managed identity in Azure, who has signed in elsewhere. The local cloud takes any token. */
function credentialFor(config: Config): TokenCredential {
  if (isLocal(config)) return createLocalCredential();
  const { AZURE_CLIENT_ID: managedIdentityClientId, FLOTILLA_CLOUD: cloud } = config;
  return new DefaultAzureCredential({
    authorityHost: authorityOf(cloud),
    ...(managedIdentityClientId !== undefined && { managedIdentityClientId }),
  });
}

function busAt(config: Config, credential: TokenCredential, clock: Clock): Parameters<typeof createBus>[0] {
  const { ServiceBus: connectionString, ServiceBus__fullyQualifiedNamespace: fullyQualifiedNamespace } = config;
  if (connectionString !== undefined) return { connectionString, clock };
  return { fullyQualifiedNamespace: fullyQualifiedNamespace ?? '', credential, clock };
}

function tablesAt(config: Config, credential: TokenCredential): Parameters<typeof createTables>[0] {
  const { Tables: connectionString, Tables__endpoint: endpoint } = config;
  if (connectionString !== undefined) return { connectionString };
  return { endpoint: endpoint ?? '', credential };
}

/** Only of vaults that rollouts may read: those of the notifier are its own matter. */
function vaultProbeOf({ FLOTILLA_KEY_VAULTS: vaults = [] }: Config, { secrets }: Deps): Probe {
  return createVaultProbe(secrets, vaults);
}

/** In Azure the environment has nothing that a rollout may read; in the local cloud it stands in for Key Vault. */
function secretsOf(config: Config, credential: TokenCredential, clock: Clock): SecretsOptions {
  const environment = environmentOf(config);
  return { credential, clock, vaults: config.FLOTILLA_KEY_VAULTS ?? [], ...(environment && { environment }) };
}

function environmentOf(config: Config): SecretsOptions['environment'] {
  return isLocal(config) ? { values: process.env, settings: Object.keys(Settings.shape) } : undefined;
}
