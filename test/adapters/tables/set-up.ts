import type { ServerResponse } from 'node:http';
import { startAzurite } from '../../../local/azurite.ts';
import { createTables, type Tables, type TablesOptions } from '../../../src/adapters/tables/tables.ts';
import { type Answer, type HttpFixture, type Recorded, startHttpFixture } from '../http-fixture.ts';

/** What happens to a request on its way to Azurite: nothing, done but the answer is lost, or another answer instead. */
export type Fault = 'none' | 'lose the answer' | Answer;

/** Azurite with something between it and the application that can fail. */
export interface Faulty {
  /** Decides about each request; without it, all pass. */
  fault: (request: Recorded) => Fault;
  readonly proxy: HttpFixture;
  /** Straight to Azurite. */
  readonly connectionString: string;
  /** Stores behind the proxy. */
  open(onTransaction?: TablesOptions['onTransaction']): Tables;
  stop(): Promise<void>;
}

export async function startFaulty(): Promise<Faulty> {
  const azurite = await startAzurite();
  const target = `http://127.0.0.1:${azurite.port}`;
  const proxy = await startHttpFixture((request) => {
    const decided = faulty.fault(request);
    if (typeof decided === 'object') return decided;
    return { byHand: (response) => void forward(target, request, response, decided) };
  });
  const faulty: Faulty = {
    fault: () => 'none',
    proxy,
    connectionString: azurite.connectionString,
    open: (onTransaction) =>
      createTables({
        connectionString: azurite.connectionString.replace(target, proxy.endpoint),
        ...(onTransaction === undefined ? {} : { onTransaction }),
      }),
    stop: async () => {
      await proxy.close();
      await azurite.stop();
    },
  };
  await faulty.open().ensureTables();
  return faulty;
}

async function forward(target: string, request: Recorded, response: ServerResponse, fault: Fault): Promise<void> {
  const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers;
  const answer = await fetch(`${target}${request.url}`, {
    method: request.method,
    headers: Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
    ...(request.body === '' ? {} : { body: request.body }),
  });
  const body = await answer.text();
  if (fault === 'lose the answer') return void response.destroy();
  const kept = [...answer.headers].filter(
    ([name]) => !['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'content-encoding'].includes(name),
  );
  response.writeHead(answer.status, Object.fromEntries(kept)).end(body);
}

/** The error body of Table Storage. */
export function odataError(code: string): unknown {
  return { 'odata.error': { code, message: { lang: 'en-US', value: `It is ${code}.\nRequestId:1` } } };
}

/** A transaction request. */
export function isBatch(request: Recorded): boolean {
  return request.url.endsWith('/$batch');
}
