import { createHmac } from 'node:crypto';
import { RevisionMessage } from '../../src/contracts/messages.ts';
import { REVISIONS_QUEUE } from '../../src/contracts/queues.ts';
import { route } from '../../src/http/route.ts';
import * as webhooks from '../../src/http/webhooks.ts';
import { Bench } from '../app/support.ts';
import { call, edgeOf, type Sent } from './support.ts';

export const SECRET = "It's a Secret to Everybody, and long enough";
export const FORMER = 'the former secret, which is as long as needed';
export const OTHER = 'the secret of another hook, long enough as well';
export const A = 'a'.repeat(40);
export const B = 'b'.repeat(40);

export const push = {
  ref: 'refs/heads/main',
  before: A,
  after: B,
  created: false,
  deleted: false,
  forced: false,
  repository: {
    id: 1,
    full_name: 'Contoso/Fleet',
    html_url: 'https://github.com/Contoso/Fleet',
    clone_url: 'https://github.com/Contoso/Fleet.git',
    pushed_at: 1_790_000_000,
  },
  pusher: { name: 'alice' },
  commits: [{ id: B, added: ['clusters/prod/app.yaml'], removed: [], modified: [] }],
  head_commit: { id: B, timestamp: '2026-11-22T10:00:00Z' },
};
export const BODY = JSON.stringify(push);

export const sign = (body: string | Buffer, secret = SECRET): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

let deliveries = 0;
/** A signed delivery of GitHub; `more` replaces headers, undefined leaves one out. */
export function delivery(
  body: string | Buffer = BODY,
  more: Record<string, string | undefined> = {},
  hook = 'main',
): Sent {
  const headers: Record<string, string | undefined> = {
    'content-type': 'application/json',
    'x-github-event': 'push',
    'x-github-delivery': `delivery-${++deliveries}`,
    'x-hub-signature-256': sign(body),
    ...more,
  };
  const given = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { body, headers: Object.fromEntries(given), params: { provider: 'github', hook } };
}

export async function app() {
  const bench = new Bench([]);
  bench.secrets.values.set('env:HOOK', SECRET).set('env:FORMER', FORMER).set('env:OTHER', OTHER);
  const edge = edgeOf(bench.deps);
  const at = (handle: Parameters<typeof route>[2], sent: Sent) =>
    call(
      route(() => edge, 'Reader', handle),
      sent,
    );
  const putHook = (name: string, hook: object) =>
    at(webhooks.putOneHook, {
      method: 'PUT',
      body: JSON.stringify(hook),
      headers: { 'content-type': 'application/json' },
      params: { name },
    });
  const post = (sent: Sent) => at(webhooks.postDelivery, sent);
  const list = async (path = '/api/webhooks/deliveries') =>
    (await at(webhooks.getDeliveries, { method: 'GET', path })).json['items'] as Record<string, unknown>[];
  const queued = () => bench.bus.queues.get(REVISIONS_QUEUE)!.size;
  const process = async () => {
    const queue = bench.bus.queues.get(REVISIONS_QUEUE)!;
    for (let message = queue.receive(bench.clock.now()); message; message = queue.receive(bench.clock.now())) {
      const parsed = RevisionMessage.parse(JSON.parse(message.body));
      if (parsed.kind === 'delivery') await edge.revisions.receive(parsed);
      queue.complete(message, bench.clock.now());
    }
  };
  await putHook('main', { provider: 'github', secret: 'env:HOOK' });
  return { bench, at, putHook, post, list, queued, process };
}
