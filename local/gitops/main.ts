import { performance } from 'node:perf_hooks';
import { setUp } from './setup.ts';
import { tellStory, type Teller } from './story.ts';

/** Of the log of the Functions host, for a story that did not go as told. */
const LAST_LINES = 40;
/** In the lines of timers and queues that did what they should. */
const UNREMARKABLE = '"outcome":"succeeded"';

/** `npm run demo:gitops`: a push becomes a staged rollout. Ends with 0 when everything went as the story says, else with 1. */
async function main(): Promise<number> {
  const startedMs = performance.now();
  const log: string[] = [];
  const failures: string[] = [];
  const teller: Teller = {
    say: (line) => console.log(line),
    check: (fact, isSo) => {
      console.log(`   ${isSo ? '✓' : '✗'} ${fact}`);
      if (!isSo) failures.push(fact);
    },
  };
  console.log('Starting a local cloud with 12 clusters and a Git host …');
  const stage = await setUp((line) => {
    if (line.includes(UNREMARKABLE)) return;
    log.push(line);
    if (log.length > LAST_LINES) log.shift();
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stage.stop().finally(() => process.exit(1)));
  }
  try {
    await tellStory(stage, teller);
  } catch (error) {
    failures.push(error instanceof Error ? error.message : String(error));
  } finally {
    await stage.stop();
  }
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  if (failures.length === 0) {
    console.log(`\nEverything went as told, in ${seconds} s.`);
    return 0;
  }
  console.log(`\nNot as told: ${failures.join('; ')}\n\nLast lines of the Functions host:\n${log.join('\n')}`);
  return 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
