/**
 * A simulated Azure for the local cloud: the part of ARM, Resource Graph and the Flux agents of a fleet that Flotilla talks to.
 *
 * A Git repository on this machine (`http://127.0.0.1:…`) is really fetched and built (`git/*`, `kustomize/*`); what all other sources
 * hold is invented.
 *
 * Azure Policy (`policy/*`) looks at the clusters from aside, in its own time, and deploys to them. The activity log (`activity/*`) keeps
 * who wrote what.
 *
 * A request goes `http/gateway.ts` → `http/router.ts` → `resources/*` (what ARM answers) → `fleet/*` (what the agents in the
 * clusters do over time) → `graph/*` (what Resource Graph shows of it, `lagMs` later). All time is the clock's.
 *
 * The simulation is steered over `/admin`, without a token and without throttling:
 *
 * | call | body | what |
 * |---|---|---|
 * | GET, PUT, DELETE `/admin/faults` | `{"seed":1,"rules":[{"kind":"unavailable","probability":0.05,"method":"PUT","type":"fluxConfigurations","retryAfterSeconds":5}]}` | injected faults; kinds and fields: `http/faults.ts` |
 * | GET `/admin/clusters` | | every cluster with its state |
 * | PATCH `/admin/clusters/{name}` | `{"state":"offline"}`, `{"failure":"BuildFailed"}`, `{"failure":null}` | online, offline (Arc), stopped (AKS), deleted; break or repair; more fields: `admin/clusters.ts` |
 * | GET `/admin/objects/{cluster}` | | what Flux has put into the cluster, by kustomization |
 * | PUT `/admin/heads` | `{"url":"https://…","reference":"main","commit":"<40 hex>"}` | moves a branch or tag, publishes a version |
 * | GET, PUT `/admin/sources` | `{"url":"https://…","auth":{"kind":"https","user":"u","key":"k"}}` | repositories that ask for authentication; kinds: `fleet/source-auth.ts` |
 * | PUT `/admin/regions` | `{"withoutFlux":["westus2"]}` | regions that do not offer the extension |
 * | PUT `/admin/clusters/{name}` | `{"like":"arc-retail-weu-0004"}` | a new cluster |
 * | POST `/admin/edits` | `{"cluster":"…","configuration":"podinfo","patch":{…},"by":"alice@fleet.example"}` | somebody writes behind our back; also `create`, `delete`, `extension` |
 * | GET, PUT, DELETE `/admin/policies` | `{"name":"…","scope":"…","definition":"…","parameters":{…}}` | Azure Policy assignments; fields: `admin/policies.ts` |
 * | GET `/admin/metrics`, `/admin/journal` | | counters; the last writes |
 *
 * Examples of faults: every third PUT is answered but the answer is lost:
 * `{"rules":[{"kind":"timeoutAfter","method":"PUT","probability":0.33}]}`; the first two writes to one cluster meet a conflict:
 * `{"rules":[{"kind":"conflict","method":"PUT","pathContains":"/arc-retail-weu-0004/","probability":1,"times":2}]}`.
 *
 * Operation URLs say `https://` although the server speaks plain http, because ARM does and the SDKs demand it: clients of
 * the local cloud inject an HTTP client that speaks http to the loopback host.
 */
import { createServer, type Server } from 'node:http';
import type { LocalClock } from '../clock.ts';
import { ActivityBook } from './activity/book.ts';
import { serveAdmin } from './admin/routes.ts';
import type { Cloud } from './cloud.ts';
import { Agent } from './fleet/agent.ts';
import { ExtensionManager } from './fleet/extension-manager.ts';
import type { Fleet } from './fleet/fleet.ts';
import { generateFleet } from './fleet/generate.ts';
import { startHeartbeat } from './fleet/heartbeat.ts';
import { fleetOptions, type FleetOptions } from './fleet/options.ts';
import { Graph } from './graph/tables.ts';
import { Faults } from './http/faults.ts';
import { serveArm } from './http/gateway.ts';
import { Journal } from './http/journal.ts';
import { newMetrics, type Metrics } from './http/metrics.ts';
import { buildRouter } from './http/router.ts';
import { Throttle } from './http/throttle.ts';
import { PolicyBook } from './policy/book.ts';
import { startFullCycle } from './policy/schedule.ts';

/** How far Resource Graph is behind ARM when nothing else is asked for; "within seconds" (azure.md 2.4). */
export const LAG_MS_DEFAULT = 5000;

export interface AzureOptions {
  readonly clock: LocalClock;
  /** 0 takes any free port. */
  readonly port: number;
  readonly fleet?: Partial<FleetOptions>;
  /** Local milliseconds by which Resource Graph is late. */
  readonly lagMs?: number;
  /** File that gets one JSON line per ARM exchange. */
  readonly journalFile?: string | undefined;
}

export interface Azure {
  readonly port: number;
  readonly endpoint: string;
  readonly fleet: Fleet;
  readonly metrics: Metrics;
  readonly journal: Journal;
  /** Ends all connections and events; resolves when the journal is on disk. */
  close(): Promise<void>;
}

/** Starts a simulated Azure on the loopback interface. @throws when the port is taken or an option is out of range */
export async function startAzure(options: AzureOptions): Promise<Azure> {
  const cloud = buildCloud(options);
  const findRoute = buildRouter(cloud);
  const server = createServer((incoming, outgoing) => {
    const serve =
      incoming.url?.startsWith('/admin/') === true
        ? serveAdmin(cloud, incoming, outgoing)
        : serveArm(cloud, findRoute, incoming, outgoing);
    serve.catch(() => outgoing.destroy());
  });
  const port = await listen(server, options.port);
  const { fleet, metrics, journal } = cloud;
  return {
    port,
    endpoint: `http://127.0.0.1:${port}`,
    fleet,
    metrics,
    journal,
    close: async () => {
      fleet.timeline.close();
      const closed = new Promise<void>((resolve) =>
        server.close(() => {
          resolve();
        }),
      );
      server.closeAllConnections();
      await closed;
      await fleet.gitSources.close();
      await journal.close();
    },
  };
}

/** The parts of one simulated Azure without its server; benchmarks fill it directly. */
export function buildCloud({ clock, fleet: asked, lagMs, journalFile }: Omit<AzureOptions, 'port'>): Cloud {
  const metrics = newMetrics();
  const fleet = generateFleet(checked(asked ?? {}), clock);
  const agent = new Agent(fleet);
  const graph = new Graph(fleet, clock, lagMs ?? LAG_MS_DEFAULT);
  fleet.observer = graph;
  startHeartbeat(fleet);
  const cloud: Cloud = {
    clock,
    fleet,
    agent,
    extensions: new ExtensionManager(fleet, agent),
    graph,
    policy: new PolicyBook(),
    activities: new ActivityBook(clock, fleet.seed),
    throttle: new Throttle(clock),
    faults: new Faults(metrics),
    journal: new Journal(journalFile, metrics),
    metrics,
  };
  startFullCycle(cloud);
  return cloud;
}

function checked(options: Partial<FleetOptions>): FleetOptions {
  const parsed = fleetOptions.safeParse(options);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new RangeError(`fleet options out of range: ${problems.join('; ')}`);
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
