import { startLocalCloud } from '../local/up/cloud.ts';
import { startCountingProxy, type CountingProxy } from './counting-proxy.ts';
import { HostLog } from './host-log.ts';

export interface IdleFigures {
  readonly bench: 'idle';
  readonly clusters: number;
  readonly hours: number;
  readonly logCharactersPerHour: number;
  readonly executionsPerHour: number;
  readonly activeSecondsPerHour: number;
  readonly tableTransactionsPerHour: number;
  readonly brokerOperationsPerHour: number;
}

const SPEED = 60;
const HOUR_MS = 3_600_000;

/** What an installation costs in which nothing happens: timers, and a sweep of the fleet each hour. Receivers that wait cost nothing here. */
export async function benchIdle(clusters: number, hours: number): Promise<IdleFigures> {
  let proxy: CountingProxy | undefined;
  const hostLog = new HostLog();
  const cloud = await startLocalCloud({
    speed: SPEED,
    fleet: { clusters, subscriptions: Math.ceil(clusters / 1000), extensionShare: 1, brokenClusters: 0 },
    tablesVia: async (connectionString) => (proxy = await startCountingProxy(connectionString)).connectionString,
    log: hostLog.take,
  });
  const brokerOperations = (): number =>
    Object.values(cloud.broker.metrics()).reduce(
      (sum, { sends, receives, completes }) => sum + sends + receives + completes,
      0,
    );
  try {
    const before = { tables: proxy?.count() ?? 0, broker: brokerOperations() };
    hostLog.reset();
    await new Promise<void>((resolve) => void cloud.clock.after(hours * HOUR_MS, resolve));
    return {
      bench: 'idle',
      clusters,
      hours,
      logCharactersPerHour: Math.round(hostLog.applicationCharacters / hours),
      executionsPerHour: Math.round(hostLog.executions / hours),
      activeSecondsPerHour: Math.round(hostLog.activeSeconds / hours),
      tableTransactionsPerHour: Math.round(((proxy?.count() ?? 0) - before.tables) / hours),
      brokerOperationsPerHour: Math.round((brokerOperations() - before.broker) / hours),
    };
  } finally {
    await cloud.stop();
    proxy?.close();
  }
}
