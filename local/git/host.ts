import { createServer } from 'node:http';
import type { LocalClock } from '../clock.ts';
import { Hooks, type HookDelivery } from './gitea/hooks.ts';
import { eventsOf } from './gitea/push-event.ts';
import { CommitStatuses, type CommitStatus } from './gitea/statuses.ts';
import { Repositories } from './repositories.ts';
import { buildServe } from './routes.ts';

export interface GitHostOptions {
  /** Its time stands in webhooks and statuses. */
  readonly clock: LocalClock;
  /** On 127.0.0.1; 0 takes a free one. */
  readonly port: number;
}

/** A Git host on the loopback interface, with the faces of Gitea that Flotilla and its users talk to. */
export interface GitHost {
  /** Base of its URLs: `http://127.0.0.1:<port>`; repositories are at `<origin>/<owner>/<name>.git`. */
  readonly origin: string;
  /** What was sent to webhooks, oldest first; the latest 200. */
  readonly deliveries: readonly HookDelivery[];
  /** Statuses of a commit, newest first. */
  statuses(repository: string, sha: string): CommitStatus[];
  /** Resolves once every webhook under way was answered or given up. */
  settled(): Promise<void>;
  /** Ends it and removes its repositories. */
  close(): Promise<void>;
}

/**
 * Starts a Git host that keeps its repositories in a folder of its own: Git over HTTP (fetch and push), open to everybody on this
 * machine, repositories made by their first push; webhooks and commit statuses as Gitea has them, under `/api/v1`.
 *
 * @throws when the port is taken
 */
export async function startGitHost({ clock, port }: GitHostOptions): Promise<GitHost> {
  const server = createServer();
  const listening = Promise.withResolvers<undefined>();
  server.once('error', listening.reject).listen(port, '127.0.0.1', () => listening.resolve(undefined));
  await listening.promise;
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : port}`;
  const hooks = new Hooks();
  const statuses = new CommitStatuses();
  const nowIso = (): string => new Date(clock.now()).toISOString();
  const repositories = new Repositories();
  const parts = { repositories, hooks, statuses, origin, nowIso };
  const serve = buildServe(parts, async (repository, updates, by) => {
    for (const update of updates) {
      const events = await eventsOf(repository, update, { origin, by, nowIso: nowIso() });
      for (const event of events) hooks.send(repository.fullName, event);
    }
  });
  server.on('request', (incoming, outgoing) => void serve(incoming, outgoing).catch(() => outgoing.destroy()));
  return {
    origin,
    deliveries: hooks.deliveries,
    statuses: (repository, sha) => statuses.of(repository, sha),
    settled: () => hooks.settled(),
    close: async () => {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await Promise.all([closed, hooks.settled()]);
      await repositories.close();
    },
  };
}
