import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Cloud } from '../cloud.ts';
import { readJson } from '../http/body.ts';
import { ArmError, errorBody } from '../http/errors.ts';
import { deleteFaults, getFaults, putFaults } from './faults.ts';
import { listClusters, patchCluster, putCluster } from './clusters.ts';
import { postEdit } from './edits.ts';
import { putHead } from './heads.ts';
import { listObjects } from './objects.ts';
import { deletePolicy, listPolicies, putPolicy } from './policies.ts';
import { putRegions } from './regions.ts';
import { listSources, putSource } from './sources.ts';

/** A handler of the admin endpoint: parsed body in, JSON out. */
export type AdminHandler = (cloud: Cloud, body: unknown, name: string) => unknown;

const HANDLERS: Readonly<Record<string, AdminHandler>> = {
  'GET faults': getFaults,
  'PUT faults': putFaults,
  'DELETE faults': deleteFaults,
  'GET clusters': listClusters,
  'PATCH clusters': patchCluster,
  'PUT clusters': putCluster,
  'POST edits': postEdit,
  'PUT heads': putHead,
  'GET sources': listSources,
  'PUT sources': putSource,
  'GET objects': listObjects,
  'PUT regions': putRegions,
  'GET policies': listPolicies,
  'PUT policies': putPolicy,
  'DELETE policies': deletePolicy,
  'GET metrics': (cloud) => cloud.metrics,
  'GET journal': (cloud) => ({ writes: cloud.journal.writes }),
};

/** Serves `/admin/...`: the controls of the simulation, which need no token and are not throttled. */
export async function serveAdmin(cloud: Cloud, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const path = new URL(incoming.url ?? '/', 'http://admin').pathname;
  const [, , resource = '', name = ''] = path.split('/');
  try {
    const body = await readJson(incoming);
    const handler = HANDLERS[`${incoming.method ?? 'GET'} ${resource}`];
    if (handler === undefined)
      throw new ArmError(404, { code: 'NotFound', message: `No admin call ${incoming.method ?? ''} ${path}.` });
    send(outgoing, 200, handler(cloud, body, decodeURIComponent(name)));
  } catch (error) {
    const known = error instanceof ArmError;
    const detail = known ? error.detail : { code: 'SimulatorBug', message: String(error) };
    send(outgoing, known ? error.status : 500, errorBody(detail));
  }
}

function send(outgoing: ServerResponse, status: number, body: unknown): void {
  outgoing.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
