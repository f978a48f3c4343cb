import { Command, InvalidArgumentError } from 'commander';
import { ScaledClock } from '../clock.ts';
import { LAG_MS_DEFAULT, startAzure } from './server.ts';

/** Runs the simulated Azure alone, until Ctrl-C. */
interface Flags {
  readonly port: number;
  readonly clusters: number;
  readonly subscriptions: number;
  readonly seed: number;
  readonly speed: number;
  readonly lagMs: number;
  readonly extensionShare: number;
  readonly brokenClusters: number;
  readonly offlineClusters: number;
  readonly stoppedClusters: number;
  readonly hybridClusters: number;
  readonly fluxV1Clusters: number;
  readonly servicePrincipalClusters: number;
  readonly openShiftClusters: number;
  readonly failedClusters: number;
  readonly outdatedExtensionClusters: number;
  readonly unregisteredSubscriptions: number;
  readonly journal?: string;
}

const program = new Command('local:azure')
  .description('Simulated Azure: ARM, Resource Graph and a fleet of clusters with Flux agents.')
  .option('--port <number>', 'port on 127.0.0.1', number, 7090)
  .option('--clusters <number>', 'clusters of the fleet', number, 48)
  .option('--subscriptions <number>', 'subscriptions they are spread over', number, 3)
  .option('--seed <number>', 'the same seed makes the same fleet', number, 1)
  .option('--speed <factor>', 'how much faster than real time everything runs', number, 1)
  .option('--lag-ms <ms>', 'how late Resource Graph is, in local milliseconds', number, LAG_MS_DEFAULT)
  .option('--extension-share <share>', 'clusters that have the Flux extension already', number, 0.5)
  .option('--broken-clusters <number>', 'clusters of ring main on which Flux fails', number, 1)
  .option('--offline-clusters <number>', 'Arc clusters of ring main that do not answer', number, 1)
  .option('--stopped-clusters <number>', 'AKS clusters of ring main that are stopped', number, 0)
  .option('--hybrid-clusters <number>', 'clusters of type provisionedClusters', number, 0)
  .option('--flux-v1-clusters <number>', 'Arc clusters with a Flux v1 configuration', number, 0)
  .option('--service-principal-clusters <number>', 'AKS clusters that run as a service principal', number, 0)
  .option('--open-shift-clusters <number>', 'Arc clusters with OpenShift', number, 0)
  .option('--failed-clusters <number>', 'clusters whose own state is Failed', number, 0)
  .option('--outdated-extension-clusters <number>', 'clusters with an unsupported extension version', number, 0)
  .option('--unregistered-subscriptions <number>', 'subscriptions without the configuration provider', number, 0)
  .option('--journal <file>', 'append every exchange to this file as JSON lines');

const { port, speed, lagMs, journal, ...fleet } = program.parse().opts<Flags>();
const azure = await startAzure({ clock: new ScaledClock(speed), port, lagMs, journalFile: journal, fleet }).catch(
  (error: unknown) => program.error(error instanceof Error ? error.message : String(error)),
);
console.log(`azure: ${azure.endpoint}, ${azure.fleet.clusters.length} clusters, speed ${speed}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void azure.close());

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('a number is expected');
  return value;
}
