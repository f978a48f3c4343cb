import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { describeFigures } from './up/figures.ts';
import { localCloudCommand, readFlags } from './up/flags.ts';
import { describeAccess, startSession, type Session } from './up/session.ts';

/** Fast enough to be watched, slow enough to be believed: the demo takes about two minutes. Ours. */
const SPEED = 20;

/** `npm start`: a local cloud, one rollout over its whole fleet to look at, and then the local cloud to play with. */
async function main(): Promise<number> {
  const command = localCloudCommand('start', { port: 0, speed: SPEED })
    .description('Starts a local cloud and rolls examples/podinfo.yaml out over its fleet.')
    .option('--once', 'end after the rollout: 0 when it went as it should, else 1');
  const flags = readFlags(command);
  console.log(`Starting a local cloud: ${flags.clusters} clusters in ${flags.subscriptions} subscriptions …`);
  const session = await startSession(flags);
  const { cloud, endAsked } = session;
  console.log(`Ready: ${cloud.endpoints.api}/api (time runs ${cloud.clock.speed} times faster here)`);
  console.log([...describeAccess(cloud), ''].join('\n'));
  const code = await Promise.race([showRollout(session), endAsked.then(() => undefined)]);
  if (code !== undefined) {
    tellAbout(session);
    if (!flags.once) {
      console.log('The local cloud stays up; docs/local-cloud.md says what to try. Ctrl-C ends it.');
      await endAsked;
    }
  }
  await session.stop();
  return code ?? 1;
}

function tellAbout({ cloud, logFile }: Session): void {
  const { api, arm, git } = cloud.endpoints;
  console.log(`\n${describeFigures(cloud)}\n\napi  ${api}/api/rollouts\narm  ${arm}/admin/clusters\ngit  ${git}/`);
  if (logFile !== undefined) console.log(`log  ${logFile}`);
}

/** Runs the face in a process of its own: it knows the API and nothing else. Resolves with its exit code. */
async function showRollout({ cloud, endAsked }: Session): Promise<number> {
  const { clusters } = cloud.azure.fleet;
  const offline = clusters.filter(({ offlineSinceMs, stopped }) => offlineSinceMs !== undefined || stopped);
  const broken = clusters.filter((cluster) => cluster.failure !== undefined && !offline.includes(cluster));
  const root = path.resolve(import.meta.dirname, '..');
  const face = spawn(
    process.execPath,
    [
      ...[path.join(root, 'cli/demo.ts'), '--api', cloud.endpoints.api],
      ...['--request', path.join(root, 'examples/podinfo.yaml')],
      ...['--expect-failed', String(broken.length), '--expect-deferred', String(offline.length)],
    ],
    {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      // Not on the command line, which everybody on a machine can read.
      env: { ...process.env, ...(cloud.access && { FLOTILLA_KEY: cloud.access.keys.Operator }) },
    },
  );
  void endAsked.then(() => face.kill());
  const exitCode = new Promise<number>((resolve) => face.once('exit', (code) => resolve(code ?? 1)));
  await Promise.race([exitCode, once(face, 'error')]);
  return exitCode;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
