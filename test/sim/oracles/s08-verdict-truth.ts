import type { ResultRow } from '../../../src/contracts/cluster-rows.ts';
import type { WorldCluster } from '../../../src/adapters/memory/azure-cluster.ts';
import { pinnedCommit } from '../../../src/adapters/memory/azure-cluster.ts';
import type { Mirror } from '../world/facts.ts';
import { configurationName, pinned, shortName, type OracleSpec, type View } from './oracle.ts';

/** A look may be this much older than the verdict it led to. */
const LOOK_MS = 5 * 60_000;

/**
 * S8: `Succeeded` and `Unchanged` mean that the cluster really ran the pinned commit, provisioned and compliant, at some
 * moment shortly before the verdict; `Failed` means that something really went wrong on that cluster.
 */
export const S8: OracleSpec = {
  id: 'S8',
  about: 'a verdict is true: success was on the cluster, failure has a cause',
  create: (view, report) => ({
    observe: (fact) => {
      if (fact.kind !== 'committed') return;
      for (const row of fact.step.insertResults) {
        const problem = untruth(view, fact.mirror, row);
        if (problem !== undefined)
          report(
            `${shortName(fact.mirror)} says ${row.outcome.verdict} (${row.outcome.code}) of ${row.clusterId}, but ${problem}`,
          );
      }
    },
  }),
};

function untruth(view: View, mirror: Mirror, row: ResultRow): string | undefined {
  const writes = view.writes.filter(
    ({ invocation, kind, clusterId, answer }) =>
      kind === 'configuration' &&
      invocation.rolloutId === mirror.id &&
      clusterId === row.clusterId &&
      answer === 'accepted',
  );
  const moments = view.azure.momentsSince(row.clusterId, row.outcome.at - LOOK_MS);
  const wasGood = moments.some((cluster) => isGood(cluster, mirror));
  switch (row.outcome.verdict) {
    case 'Succeeded':
      if (!wasGood) return 'the cluster never ran the pinned commit';
      return writes.length === 0 && !view.writes.some((write) => isExtensionOf(write, mirror, row))
        ? 'nothing was ever written'
        : undefined;
    case 'Unchanged':
      if (!wasGood) return 'the cluster never ran the pinned commit';
      return writes.length > 0 ? 'a write was accepted' : undefined;
    case 'Failed':
      return hasCause(view, mirror, row) ? undefined : 'the cluster is healthy and took the change';
    case 'Skipped':
      return wrongSkip(view, mirror, row);
    case 'TimedOut':
    case 'Deferred':
    case 'Cancelled':
      return undefined;
  }
}

/** A skip names its reason; the reason must have been so. */
function wrongSkip({ azure, recorder, scenario }: View, mirror: Mirror, row: ResultRow): string | undefined {
  const moments = azure.momentsSince(row.clusterId, row.outcome.at - LOOK_MS);
  const wasOffline = scenario.clusters.find(({ id }) => id === row.clusterId)?.connected === false;
  const blinked = scenario.events.some(({ clusterId, what }) => clusterId === row.clusterId && what === 'disconnects');
  switch (row.outcome.code) {
    case 'ClusterNotFound':
      return moments.includes(undefined) ? undefined : 'the cluster was there all the time';
    case 'ClusterOffline':
      return wasOffline || blinked ? undefined : 'the cluster was connected all the time';
    case 'NewerRollout':
      return [...recorder.mirrors.keys()].some((id) => id > mirror.id) ? undefined : 'there is no newer rollout';
    default:
      return `there is no reason to skip called ${row.outcome.code}`;
  }
}

function isExtensionOf(
  { kind, invocation, clusterId }: View['writes'][number],
  mirror: Mirror,
  row: ResultRow,
): boolean {
  return kind === 'extension' && invocation.rolloutId === mirror.id && clusterId === row.clusterId;
}

function isGood(cluster: WorldCluster | undefined, mirror: Mirror): boolean {
  const configuration = cluster?.configurations.get(configurationName(mirror));
  if (configuration === undefined) return false;
  const { report, generation, provisioningState, properties } = configuration;
  const commit = pinned(mirror) ?? '';
  return (
    report !== undefined &&
    pinnedCommit(properties).commit === commit &&
    report.generation === generation &&
    report.compliant &&
    (report.commit ?? '').includes(commit) &&
    provisioningState === 'Succeeded'
  );
}

/** What can really fail a cluster: its agent, its extension, a refusal, being gone or offline, a newer rollout, a dead message. */
function hasCause(view: View, mirror: Mirror, row: ResultRow): boolean {
  const seed = view.scenario.clusters.find(({ id }) => id === row.clusterId);
  const happened = view.scenario.events.some(({ clusterId }) => clusterId === row.clusterId);
  const outcome = seed?.agent?.outcome ?? 'converges';
  const offline = seed?.connected === false;
  const installFails = seed?.hasExtension === false && seed.agent?.install !== 'succeeds';
  const newer = [...view.recorder.mirrors.values()].some(({ id }) => id > mirror.id);
  const buried = view.buried.some((body) => body.includes(mirror.id) && body.includes(`"ordinal":${row.ordinal},`));
  return (
    outcome !== 'converges' || happened || offline || installFails || seed?.deniesWrites === true || newer || buried
  );
}
