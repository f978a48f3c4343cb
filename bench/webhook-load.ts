/**
 * Sends signed deliveries at a steady rate, in a thread of its own, so that the measured time is that of the host and not of the
 * simulated Azure beside it. Open loop: a slow answer does not slow down what follows.
 */
import { createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

/** What the load is to do. */
export interface WebhookLoad {
  /** `http://127.0.0.1:PORT/api/webhooks/github/bench`. */
  readonly url: string;
  readonly secret: string;
  readonly repositories: number;
  readonly perSecond: number;
  readonly seconds: number;
  /** Number of the first delivery. */
  readonly from: number;
}

/** What came of it. Latencies in milliseconds. */
export interface WebhookLoadResult {
  readonly statuses: Readonly<Record<number, number>>;
  readonly latenciesMs: readonly number[];
  /** Commits by repository number, in the order they were sent. */
  readonly commits: readonly (readonly string[])[];
}

/** Where every ref stood before the first push. */
const ROOT = 'f'.repeat(40);
const BURST_MS = 20;
/** Idle connections are left before the host closes them, which it does after five seconds. */
const agent = new Agent({ keepAlive: true, maxSockets: 64, timeout: 3000 });

async function main(load: WebhookLoad): Promise<WebhookLoadResult> {
  const commits: string[][] = Array.from({ length: load.repositories }, () => []);
  const statuses: Record<number, number> = {};
  const latenciesMs: number[] = [];
  const answers: Promise<void>[] = [];
  const startedAt = performance.now();
  const total = load.perSecond * load.seconds;
  for (let sent = 0; sent < total;) {
    const due = Math.min(total, Math.floor(((performance.now() - startedAt) * load.perSecond) / 1000));
    for (; sent < due; sent++) {
      const repository = sent % load.repositories;
      const body = pushOf(repository, commits[repository] ?? [], load.from + sent);
      answers.push(
        post(load, body, `delivery-${load.from + sent}`).then(({ status, ms }) => {
          statuses[status] = (statuses[status] ?? 0) + 1;
          latenciesMs.push(ms);
        }),
      );
    }
    await sleep(BURST_MS / 4);
  }
  await Promise.all(answers);
  return { statuses, latenciesMs, commits };
}

function pushOf(repository: number, commits: string[], sent: number): string {
  const before = commits.at(-1) ?? ROOT;
  const after = (sent + 1).toString(16).padStart(40, 'c');
  commits.push(after);
  const name = `contoso/fleet-${repository}`;
  return JSON.stringify({
    ref: 'refs/heads/main',
    before,
    after,
    created: false,
    deleted: false,
    forced: false,
    repository: {
      id: repository + 1,
      full_name: name,
      html_url: `https://github.com/${name}`,
      clone_url: `https://github.com/${name}.git`,
      pushed_at: Math.floor(Date.now() / 1000),
    },
    pusher: { name: 'bench' },
    commits: [{ id: after, added: [], removed: [], modified: ['clusters/prod/app.yaml'] }],
    head_commit: { id: after, timestamp: new Date().toISOString() },
  });
}

function post(load: WebhookLoad, body: string, delivery: string): Promise<{ status: number; ms: number }> {
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-github-event': 'push',
    'x-github-delivery': delivery,
    'x-hub-signature-256': `sha256=${createHmac('sha256', load.secret).update(body).digest('hex')}`,
  };
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(load.url, { method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, ms: performance.now() - startedAt }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

parentPort?.postMessage(await main(workerData as WebhookLoad));
