import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { startLocalCloud, type LocalCloud } from './cloud.ts';
import { writeEndpoints } from './endpoints-file.ts';
import type { Flags } from './flags.ts';
import { LogFile } from './log-file.ts';

/** Where local clouds leave their endpoints and logs, below the working folder. */
const FOLDER = '.local';

/** A local cloud that belongs to this process: announced in a file, logged to a file, ended by a signal. */
export interface Session {
  readonly cloud: LocalCloud;
  readonly keys: Readonly<Record<string, string>> | undefined;
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
  const keys = flags.auth ? { local: randomBytes(24).toString('base64url') } : undefined;
  const log = flags.verbose ? undefined : new LogFile(FOLDER, process.pid);
  const { port, speed, lagMs, journal, entry, clusters, subscriptions, seed, extensionShare } = flags;
  const starting = startLocalCloud({
    ...{ port, speed, lagMs, keys },
    entry: entry === undefined ? undefined : path.resolve(entry),
    journalFile: journal === undefined ? undefined : path.resolve(journal),
    fleet: { clusters, subscriptions, seed, extensionShare },
    log: (line) => (log === undefined ? process.stdout.write(`${line}\n`) : log.write(line)),
  });
  const cloud = await starting;
  const removeEndpoints = writeEndpoints(FOLDER, { ...cloud.endpoints, pid: process.pid, ...(keys && { keys }) });
  return {
    cloud,
    keys,
    logFile: log?.file,
    endAsked: Promise.race([signal.promise, cloud.broken.then(({ message }) => message)]),
    stop: async () => {
      removeEndpoints();
      await cloud.stop();
    },
  };
}
