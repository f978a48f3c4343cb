import { SPEED_DEFAULT } from './up/cloud.ts';
import { localCloudCommand, readFlags } from './up/flags.ts';
import { describeAccess, startSession } from './up/session.ts';

/** `npm run local`: a local cloud until Ctrl-C or SIGTERM. */
async function main(): Promise<void> {
  const command = localCloudCommand('local', { port: 7071, speed: SPEED_DEFAULT }).description(
    'Flotilla with everything it needs, on this machine: no Azure, no containers.',
  );
  const session = await startSession(readFlags(command));
  const { cloud, logFile, endAsked } = session;
  console.log(`api    ${cloud.endpoints.api}/api`);
  console.log(`arm    ${cloud.endpoints.arm} (steer it at /admin)`);
  console.log(`git    ${cloud.endpoints.git} (push to /OWNER/NAME.git; Gitea's webhooks at /api/v1)`);
  console.log(`speed  ${cloud.clock.speed}, ${cloud.azure.fleet.clusters.length} clusters`);
  for (const line of describeAccess(cloud)) console.log(line);
  if (logFile !== undefined) console.log(`log    ${logFile}`);
  console.log('ready; Ctrl-C ends it');
  const reason = await endAsked;
  console.log(`ending (${reason})`);
  await session.stop();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
