import { createServer, request, Agent } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A pass-through before table storage that counts requests: each one is one billed transaction. */
export interface CountingProxy {
  readonly connectionString: string;
  readonly count: () => number;
  /** Those of them that write: table storage is read by GET alone. */
  readonly writes: () => number;
  close(): void;
}

export async function startCountingProxy(connectionString: string): Promise<CountingProxy> {
  const target = new URL(/TableEndpoint=([^;]+)/.exec(connectionString)?.[1] ?? '');
  const agent = new Agent({ keepAlive: true });
  let count = 0;
  let writes = 0;
  const server = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    count += 1;
    if (method !== 'GET') writes += 1;
    // The Host header is part of what the shared key signs, so it stays as the client sent it.
    const options = { host: target.hostname, port: target.port, path: url, method, headers, agent };
    const upstream = request(options, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    upstream.on('error', () => outgoing.destroy());
    incoming.pipe(upstream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    connectionString: connectionString.replace(`:${target.port}/`, `:${port}/`),
    count: () => count,
    writes: () => writes,
    close: () => {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}
