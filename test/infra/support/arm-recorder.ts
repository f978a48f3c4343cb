import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Something that answers for ARM and remembers which rights each request takes there. */
export interface ArmRecorder {
  readonly endpoint: string;
  /** The actions of what came since the last call, in order, each once. */
  take(): string[];
  close(): Promise<void>;
}

/** Every GET below a cluster is not found, in a way that leaves open what is missing: then the cluster is asked for as well. */
export async function startArmRecorder(): Promise<ArmRecorder> {
  let seen: { action: string; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const path = decodeURIComponent(new URL(request.url ?? '', 'http://arm').pathname);
      seen.push({ action: actionOf(request.method ?? '', path), body });
      const isMissing = request.method === 'GET' && /microsoft\.kubernetesconfiguration/i.test(path);
      response.writeHead(isMissing ? 404 : 200, { 'content-type': 'application/json' });
      const missing = { error: { code: 'ResourceNotFound', message: 'It is not there.' } };
      response.end(JSON.stringify(isMissing ? missing : { value: [], data: [], count: 0, totalRecords: 0 }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take: () => {
      const actions = seen.flatMap(({ action, body }) =>
        action === GRAPH ? [action, ...readByQuery(body)] : [action],
      );
      seen = [];
      return [...new Set(actions)];
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

const GRAPH = 'Microsoft.ResourceGraph/resources/read';

/** How ARM names the right that a request takes: `NAMESPACE/TYPE[/TYPE]/VERB` (learn.microsoft.com, "Azure permissions"). */
function actionOf(method: string, path: string): string {
  const [namespace = '', ...segments] = path.split('/providers/').at(-1)!.split('/');
  if (namespace === 'Microsoft.ResourceGraph') return GRAPH;
  if (segments.length === 0) return 'Microsoft.Resources/subscriptions/providers/read';
  const types = segments.filter((_, index) => index % 2 === 0);
  return [namespace, ...types, VERBS[method] ?? method].join('/');
}

const VERBS: Readonly<Record<string, string>> = {
  GET: 'read',
  PUT: 'write',
  PATCH: 'write',
  DELETE: 'delete',
  POST: 'action',
};

/** Resource Graph shows what the caller may read: of the types that a query names. */
function readByQuery(body: string): string[] {
  return [...body.matchAll(/'(microsoft\.[a-z]+\/[a-z]+)'/g)].map(([, type]) => `${type}/read`);
}
