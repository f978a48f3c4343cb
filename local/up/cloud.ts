import path from 'node:path';
import { createTables } from '../../src/adapters/tables/tables.ts';
import { QUEUES } from '../../src/contracts/queues.ts';
import type { FleetOptions } from '../azure/fleet/generate.ts';
import { startAzure, type Azure } from '../azure/server.ts';
import { startAzurite } from '../azurite.ts';
import { ScaledClock } from '../clock.ts';
import { startGitHost, type GitHost } from '../git/host.ts';
import { startBroker, type Broker } from '../service-bus/broker.ts';
import { startAccess, type LocalAccess } from './access.ts';
import { superviseHost, type SupervisedHost } from './host-process.ts';
import { untilHealthy, warmUpGraph } from './ready.ts';
import { Teardown } from './teardown.ts';

/** How much faster than real time a local cloud runs when nothing else is asked for. */
export const SPEED_DEFAULT = 10;

/** The same in every local cloud, and no secret: nothing that it hashes lives longer than the local cloud. */
const HASH_KEY = 'local cloud only, the same for everybody';

export interface LocalCloudOptions {
  /** Port of the API on 127.0.0.1; 0 or absent picks a free one. */
  readonly port?: number;
  readonly speed?: number;
  readonly fleet?: Partial<FleetOptions>;
  /** Local milliseconds by which Resource Graph is late. */
  readonly lagMs?: number | undefined;
  /** File that gets one JSON line per ARM exchange. */
  readonly journalFile?: string | undefined;
  /** Functions to run: a folder of sources (default: `functions`), or the built bundle. */
  readonly entry?: string | undefined;
  /** The API asks who calls, as in Azure. Without it, everybody may do everything. */
  readonly auth?: boolean;
  /** Further settings of the application. */
  readonly settings?: Readonly<Record<string, string>>;
  /** What `env:NAME` references of requests read, beside the environment of this process. */
  readonly secrets?: Readonly<Record<string, string>> | undefined;
  /** Puts something between the application and table storage: benchmarks count what passes. */
  readonly tablesVia?: (connectionString: string) => Promise<string>;
  /** Takes the log of the Functions host, line by line. */
  readonly log: (line: string) => void;
}

/** Where the parts of a local cloud answer. */
export interface Endpoints {
  /** Base of the HTTP API, without `/api`. */
  readonly api: string;
  /** Simulated Azure: ARM and Resource Graph, and `/admin` to steer it. */
  readonly arm: string;
  /** Git host: repositories are at `<git>/<owner>/<name>.git`, and made by their first push. */
  readonly git: string;
  /** Connection string for `@azure/service-bus`. */
  readonly serviceBus: string;
  /** Connection string for `@azure/data-tables`. */
  readonly tables: string;
}

export interface LocalCloud {
  readonly endpoints: Endpoints;
  readonly clock: ScaledClock;
  readonly azure: Azure;
  readonly broker: Broker;
  readonly git: GitHost;
  /** How to get in; undefined when nobody is asked. */
  readonly access: LocalAccess | undefined;
  /** Process id of the Functions host that runs now; another one after it was killed. */
  hostPid(): number;
  /** Resolves with the reason when the local cloud cannot go on by itself. */
  readonly broken: Promise<Error>;
  /** Drains and ends everything; a second call waits for the first. */
  stop(): Promise<void>;
}

const ROOT = path.resolve(import.meta.dirname, '../..');

/**
 * Starts a whole local cloud: table storage (Azurite, a child process), Service Bus broker, simulated Azure and Git host (in this
 * process), and the Functions host with the application (a child process, started again when it dies).
 * Resolves when the application is healthy.
 *
 * @throws Error with the reason of the part that did not start; nothing is left running then.
 */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const teardown = new Teardown();
  try {
    return await start(options, teardown);
  } catch (error) {
    await teardown.run();
    throw error;
  }
}

async function start(options: LocalCloudOptions, teardown: Teardown): Promise<LocalCloud> {
  const clock = new ScaledClock(options.speed ?? SPEED_DEFAULT);
  const { lagMs, journalFile, fleet = {} } = options;
  const azure = await startAzure({ clock, port: 0, fleet, journalFile, ...(lagMs !== undefined && { lagMs }) });
  teardown.add(() => azure.close());
  const git = await startGitHost({ clock, port: 0 });
  teardown.add(() => git.close());
  const access = options.auth === true ? await startAccess(clock) : undefined;
  teardown.add(async () => access?.issuer.close());
  const broker = await startBroker({ clock, port: 0, queues: QUEUES });
  teardown.add(() => broker.close());
  const azurite = await startAzurite();
  teardown.add(() => azurite.stop());
  await createTables({ connectionString: azurite.connectionString }).ensureTables();

  const settings = {
    ...options.secrets,
    FLOTILLA_SUBSCRIPTIONS: azure.fleet.subscriptions.map(({ id }) => id).join(','),
    FLOTILLA_ARM_ENDPOINT: azure.endpoint,
    FLOTILLA_HASH_KEY: HASH_KEY,
    ...(access === undefined ? { FLOTILLA_AUTH: 'off' } : access.settings),
    FLOTILLA_CLOCK: `${clock.speed}@${clock.originMs}`,
    ServiceBus: broker.connectionString,
    ...options.settings,
    Tables: (await options.tablesVia?.(azurite.connectionString)) ?? azurite.connectionString,
  };
  const started = superviseHost({ ...hostOptions(options), clock, settings });
  teardown.add(() => started.stop());
  // The first query compiles the query parser and blocks this process for seconds: meanwhile the host loads the application.
  await warmUpGraph(azure.endpoint);
  const port = await started.listening;
  const endpoints = {
    api: `http://127.0.0.1:${port}`,
    arm: azure.endpoint,
    git: git.origin,
    serviceBus: broker.connectionString,
    tables: azurite.connectionString,
  };
  await untilHealthy(endpoints.api, started.broken);
  return running({ endpoints, clock, azure, broker, git, access }, started, teardown);
}

function hostOptions({ port = 0, entry, log }: LocalCloudOptions) {
  return { port, entry: path.resolve(ROOT, entry ?? 'functions'), hostJson: path.join(ROOT, 'host.json'), log };
}

function running(
  parts: Pick<LocalCloud, 'endpoints' | 'clock' | 'azure' | 'broker' | 'git' | 'access'>,
  host: SupervisedHost,
  teardown: Teardown,
): LocalCloud {
  return { ...parts, hostPid: () => host.pid(), broken: host.broken, stop: () => teardown.run() };
}
