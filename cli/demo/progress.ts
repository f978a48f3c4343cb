import type { Rollout, Stage } from './api.ts';

const BAR_WIDTH = 24;
const NAME_WIDTH = 10;

/** One line per stage: a bar of the clusters that are done, and how they ended so far. */
export function stageLines({ stages }: Rollout): string[] {
  return stages.map(
    (stage) => `  ${stage.name.padEnd(NAME_WIDTH)} ${bar(stage)} ${stage.phase.padEnd(9)} ${describeCounts(stage)}`,
  );
}

/** What a rollout does now, in a line: its state and, when it waits, what for. */
export function statusLine({ status, waiting }: Rollout): string {
  return waiting === undefined ? status : `${status}: ${waiting.detail}`;
}

/** `12/36 done, 9 in flight: 11 Succeeded, 1 Failed`, without what is zero. */
export function describeCounts({ clusters, counts }: Stage): string {
  const { notStarted = 0, inFlight = 0, waitedFor = 0, ...verdicts } = counts;
  const done = clusters - notStarted - inFlight - waitedFor;
  const parts = [`${done}/${clusters} done`];
  if (inFlight > 0) parts.push(`${inFlight} in flight`);
  if (waitedFor > 0) parts.push(`${waitedFor} offline`);
  const ended = Object.entries(verdicts).filter(([, n]) => n > 0);
  return parts.join(', ') + (ended.length > 0 ? `: ${ended.map(([verdict, n]) => `${n} ${verdict}`).join(', ')}` : '');
}

function bar({ clusters, counts }: Stage): string {
  const { notStarted = 0, inFlight = 0, waitedFor = 0, Failed = 0, TimedOut = 0 } = counts;
  const cells = (n: number): number => (clusters === 0 ? 0 : Math.round((n / clusters) * BAR_WIDTH));
  const bad = Failed + TimedOut === 0 ? 0 : Math.max(1, cells(Failed + TimedOut));
  const done = Math.max(0, cells(clusters - notStarted - inFlight - waitedFor) - bad);
  const moving = Math.min(BAR_WIDTH - done - bad, cells(inFlight));
  return `${'█'.repeat(done)}${'x'.repeat(bad)}${'▒'.repeat(moving)}${'·'.repeat(BAR_WIDTH - done - bad - moving)}`;
}
