/**
 * Messages per second through the local Service Bus broker: sent in batches, received in peek-lock, each one completed,
 * all with `@azure/service-bus` over sockets. The broker runs in a process of its own, as in the local cloud.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ServiceBusClient } from '@azure/service-bus';
import type { ServiceBusReceiver, ServiceBusSender } from '@azure/service-bus';

export interface BrokerBenchResult {
  readonly bench: 'broker';
  readonly messages: number;
  /** Messages that went the whole way (sent, received, completed), per second of the measured time. */
  readonly perSecond: number;
}

export interface BrokerBenchOptions {
  readonly messages?: number;
  readonly receivers?: number;
}

const QUEUE = 'bench';
const BODY = { rollout: '01J00000000000000000000000', cluster: 'cluster-0001', attempt: 1, step: 'apply' };
const MESSAGES_PER_BATCH = 500;
const MESSAGES_PER_RECEIVE = 250;
/** Sent and received before the clock starts, so that neither process is measured while it compiles. */
const WARM_UP_MESSAGES = 5_000;

export async function benchBroker({
  messages = 50_000,
  receivers = 4,
}: BrokerBenchOptions = {}): Promise<BrokerBenchResult> {
  const broker = await startBrokerProcess();
  const client = new ServiceBusClient(broker.connectionString);
  try {
    const sender = client.createSender(QUEUE);
    const links = Array.from({ length: receivers }, () =>
      client.createReceiver(QUEUE, { maxAutoLockRenewalDurationInMs: 0 }),
    );
    await passThrough(sender, links, WARM_UP_MESSAGES);
    const startMs = performance.now();
    await passThrough(sender, links, messages);
    const seconds = (performance.now() - startMs) / 1000;
    return { bench: 'broker', messages, perSecond: Math.round(messages / seconds) };
  } finally {
    await client.close();
    await broker.stop();
  }
}

/** Sends `count` messages while all receivers take and complete them; resolves when every one is completed. */
async function passThrough(
  sender: ServiceBusSender,
  receivers: readonly ServiceBusReceiver[],
  count: number,
): Promise<void> {
  let left = count;
  const drainQueue = async (receiver: ServiceBusReceiver) => {
    while (left > 0) {
      const received = await receiver.receiveMessages(Math.min(MESSAGES_PER_RECEIVE, left), { maxWaitTimeInMs: 250 });
      left -= received.length;
      await Promise.all(received.map((message) => receiver.completeMessage(message)));
    }
  };
  await Promise.all([sendAll(sender, count), ...receivers.map(drainQueue)]);
}

async function sendAll(sender: ServiceBusSender, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += MESSAGES_PER_BATCH) {
    const size = Math.min(MESSAGES_PER_BATCH, count - sent);
    await sender.sendMessages(
      Array.from({ length: size }, (_, index) => ({ body: BODY, messageId: `m-${sent + index}` })),
    );
  }
}

async function startBrokerProcess(): Promise<{ connectionString: string; stop(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-broker-'));
  const config = join(directory, 'entities.json');
  await writeFile(
    config,
    JSON.stringify({ UserConfig: { Namespaces: [{ Name: 'bench', Queues: [{ Name: QUEUE }] }] } }),
  );
  const main = fileURLToPath(new URL('../local/service-bus/main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, '--port', '0', '--config', config], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('Endpoint=')) continue;
    const stop = async () => {
      child.kill('SIGTERM');
      await exited;
      await rm(directory, { recursive: true });
    };
    return { connectionString: line, stop };
  }
  throw new Error('The broker ended before it said where it listens.');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify(await benchBroker()));
