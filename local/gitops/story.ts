import type { Rollout } from './api.ts';
import { BAD, GOOD } from './commits.ts';
import { readFleet, revisionTable, type ClusterState } from './fleet-state.ts';
import { NAME, REPOSITORY, type Stage } from './setup.ts';

/** Tells the story line by line, and keeps whether it went as told. */
export interface Teller {
  say(line: string): void;
  /** A fact of the story, and whether it is so. */
  check(fact: string, isSo: boolean): void;
}

interface Told extends Stage {
  readonly teller: Teller;
  /** Commits by what they are called. */
  readonly names: Map<string, string>;
}

/** The commit that went wrong, and its rollout. */
interface Bad {
  readonly commit: string;
  readonly rolloutId: string;
}

/** Three pushes: one that is good, one that no cluster can build, and one that takes it back. */
export async function tellStory(stage: Stage, teller: Teller): Promise<void> {
  const told: Told = { ...stage, teller, names: new Map() };
  const good = await pushGood(told);
  const bad = await pushBad(told, good);
  await revert(told, bad);
  const rollouts = await stage.api.rollouts();
  const { deliveries } = stage.cloud.git;
  const accepted = deliveries.filter(({ status }) => status === 202).length;
  teller.say('');
  teller.check('three pushes were three deliveries, each accepted', deliveries.length === 3 && accepted === 3);
  teller.check('three deliveries were three rollouts', rollouts.length === 3);
}

async function pushGood(told: Told): Promise<string> {
  const { teller, copy, api } = told;
  teller.say('\n1. A good commit: the shop, version 1.4.0');
  const commit = await push(told, 'good', await copy.commit('Shop 1.4.0', GOOD));
  const id = await api.rolloutOf(NAME, commit);
  const ended = await watch(told, id, ({ endedAt, status }) => endedAt !== undefined || status === 'Halted');
  const fleet = show(told);
  teller.check('the rollout succeeded', ended.status === 'Succeeded');
  teller.check(
    'every cluster runs the good commit',
    fleet.every((cluster) => runs(cluster, commit)),
  );
  await awaitStatus(told, commit, 'success');
  return commit;
}

async function pushBad(told: Told, good: string): Promise<Bad> {
  const { teller, copy, api, cloud } = told;
  teller.say('\n2. A bad commit: version 1.5.0, and a line of YAML that is none');
  const writesBefore = cloud.azure.journal.writes.length;
  const commit = await push(told, 'bad', await copy.commit('Shop 1.5.0', BAD));
  const id = await api.rolloutOf(NAME, commit);
  const halted = await watch(told, id, ({ endedAt, status }) => endedAt !== undefined || status === 'Halted');
  const fleet = show(told);
  const [canary] = fleet.filter(({ problem }) => problem !== undefined);
  teller.say(`   ${canary?.name ?? 'no cluster'}: ${canary?.problem ?? 'nothing is wrong'}`);
  const failed = (await api.clusters(id)).filter(({ state }) => state === 'Failed' || state === 'TimedOut');
  const others = fleet.filter(({ stage }) => stage !== 'canary');
  const written = cloud.azure.journal.writes.slice(writesBefore).map(({ url }) => url.toLowerCase());
  teller.check('the rollout halted', halted.status === 'Halted');
  teller.check(
    'canaries failed, and nothing else',
    failed.length > 0 && failed.every(({ stage }) => stage === 'canary'),
  );
  teller.check('Flux could not build it', canary?.problem?.startsWith('BuildFailed') === true);
  teller.check(
    'the other stages run the good commit',
    others.every((cluster) => runs(cluster, good)),
  );
  teller.check(
    'nothing was written to their clusters',
    others.every(({ name }) => !written.some((url) => url.includes(`/${name}/`))),
  );
  await awaitStatus(told, commit, 'failure');
  return { commit, rolloutId: id };
}

async function revert(told: Told, bad: Bad): Promise<void> {
  const { teller, copy, api } = told;
  teller.say('\n3. git revert');
  const commit = await push(told, 'revert', await copy.revert('Revert "Shop 1.5.0"'));
  const id = await api.rolloutOf(NAME, commit);
  const ended = await watch(told, id, ({ endedAt, status }) => endedAt !== undefined || status === 'Halted');
  const fleet = show(told);
  const former = await api.rollout(bad.rolloutId);
  teller.check('the halted rollout was superseded', former.status === 'Superseded' && former.supersededBy === id);
  teller.check('the rollout of the revert succeeded', ended.status === 'Succeeded');
  teller.check(
    'every cluster runs the revert',
    fleet.every((cluster) => runs(cluster, commit)),
  );
  await awaitStatus(told, bad.commit, 'error');
  await awaitStatus(told, commit, 'success');
}

async function push({ teller, copy, names }: Told, name: string, commit: string): Promise<string> {
  names.set(commit, name);
  await copy.push();
  teller.say(`   pushed ${commit.slice(0, 7)} to main`);
  return commit;
}

function watch({ api, teller }: Told, id: string, isWanted: (seen: Rollout) => boolean): Promise<Rollout> {
  const phases = new Map<string, string>();
  let status = '';
  return api.until(id, isWanted, (seen) => {
    for (const { name, phase, clusters } of seen.stages) {
      if (phase !== 'Pending' && phases.get(name) !== phase) teller.say(`   stage ${name} (${clusters}): ${phase}`);
      phases.set(name, phase);
    }
    if (seen.status !== status) teller.say(`   rollout: ${seen.status}`);
    status = seen.status;
  });
}

function show({ cloud, teller, names }: Told): ClusterState[] {
  const fleet = readFleet(cloud, NAME);
  teller.say(revisionTable(fleet, names).replaceAll(/^/gm, '   '));
  return fleet;
}

function runs({ wanted, synced, compliance }: ClusterState, commit: string): boolean {
  return wanted === commit && synced === commit && compliance === 'Compliant';
}

/** What the Git host shows beside the commit, which follows the rollout a moment later. */
async function awaitStatus({ cloud, teller, api }: Told, commit: string, state: string): Promise<void> {
  const { description } = await api.untilFound(`the status ${state} of ${commit}`, async () => {
    const [newest] = cloud.git.statuses(REPOSITORY, commit);
    return newest?.state === state ? newest : undefined;
  });
  teller.say(`   ✓ the commit is marked ${state}: ${description}`);
}
