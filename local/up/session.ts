import path from 'node:path';
import { startLocalCloud, type LocalCloud } from './cloud.ts';
import { writeEndpoints, type EndpointsFile } from './endpoints-file.ts';
import type { Flags } from './flags.ts';
import { LogFile } from './log-file.ts';

/** Where local clouds leave their endpoints and logs, below the working folder. */
const FOLDER = '.local';

/** A local cloud that belongs to this process: announced in a file, logged to a file, ended by a signal. */
export interface Session {
  readonly cloud: LocalCloud;
  /** Where the log of the Functions host is; undefined when it goes to stdout. */
  readonly logFile: string | undefined;
  /** Resolves once a signal or the end of a vital part asked this process to end; the text says which. */
  readonly endAsked: Promise<string>;
  stop(): Promise<void>;
}

/** Starts a local cloud as the flags say. Signals are heard from the first moment, so that nothing started is left behind. */
export async function startSession(flags: Flags): Promise<Session> {
  const signal = Promise.withResolvers<string>();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => signal.resolve(name));
  const log = flags.verbose ? undefined : new LogFile(FOLDER, process.pid);
  const { port, speed, lagMs, journal, entry, auth, clusters, subscriptions, seed, extensionShare } = flags;
  const starting = startLocalCloud({
    ...{ port, speed, lagMs, auth },
    entry: entry === undefined ? undefined : path.resolve(entry),
    journalFile: journal === undefined ? undefined : path.resolve(journal),
    fleet: { clusters, subscriptions, seed, extensionShare },
    log: (line) => (log === undefined ? process.stdout.write(`${line}\n`) : log.write(line)),
  });
  const cloud = await starting;
  const removeEndpoints = writeEndpoints(FOLDER, { ...cloud.endpoints, pid: process.pid, ...waysIn(cloud) });
  return {
    cloud,
    logFile: log?.file,
    endAsked: Promise.race([signal.promise, cloud.broken.then(({ message }) => message)]),
    stop: async () => {
      removeEndpoints();
      await cloud.stop();
    },
  };
}

function waysIn({ access }: LocalCloud): Pick<EndpointsFile, 'keys' | 'tokens'> {
  return access === undefined ? {} : { keys: access.keys, tokens: `${access.issuer.authority}/token` };
}

/** What to tell people of a local cloud that asks who they are; nothing of another. */
export function describeAccess({ access }: LocalCloud): string[] {
  if (access === undefined) return [];
  const keys = Object.entries(access.keys).map(([role, key]) => `key    ${role.padEnd(8)} x-functions-key: ${key}`);
  return [
    ...keys,
    `token  curl '${access.issuer.authority}/token?role=Operator&name=anna', then Authorization: Bearer …`,
  ];
}
