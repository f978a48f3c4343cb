import type { HttpResponseInit } from '@azure/functions';
import { refuseForeignDefinition } from '../app/access/within-scope.ts';
import { deleteDefinition } from '../app/definitions/delete-definition.ts';
import { definitionView, holdView } from '../app/definitions/definition-view.ts';
import { holdRevision, liftHold } from '../app/definitions/hold-revision.ts';
import { putDefinition } from '../app/definitions/put-definition.ts';
import {
  getDefinition,
  getVersion,
  listDecisions,
  listDefinitions,
  listVersions,
} from '../app/definitions/read-definitions.ts';
import { startRevision } from '../app/definitions/start-revision.ts';
import { parseBody } from '../app/parse-request.ts';
import { Definition, HoldRequest, StartRequest } from '../contracts/definition.ts';
import { readBody, readOptionalBody } from './body.ts';
import { json, type Call } from './route.ts';

/** `PUT /api/definitions/{name}`: 201 for a new definition, 200 for a new version of one, or when nothing changes. */
export async function putOneDefinition(call: Call): Promise<HttpResponseInit> {
  const { deps, actor, request } = call;
  const definition = parseBody(Definition, await readBody(request), 'InvalidDefinition');
  const { record, outcome } = await putDefinition(deps, { name: call.param('name'), definition, actor });
  return json(definitionView(record), outcome === 'created' ? 201 : 200, {
    location: `/api/definitions/${record.name}`,
  });
}

export async function getDefinitions(call: Call): Promise<HttpResponseInit> {
  return json(await listDefinitions(call.deps));
}

export async function getOneDefinition(call: Call): Promise<HttpResponseInit> {
  return json(await getDefinition(call.deps, call.param('name')));
}

/** `DELETE /api/definitions/{name}`: it starts nothing any more; a rollout at work goes on. */
export async function deleteOneDefinition(call: Call): Promise<HttpResponseInit> {
  const { name, running } = await deleteDefinition(call.deps, call.param('name'), call.actor);
  return json({ name, state: 'Deleted', rolloutsThatGoOn: running === undefined ? [] : [running.rolloutId] });
}

export async function getVersions(call: Call): Promise<HttpResponseInit> {
  return json(await listVersions(call.deps, call.param('name')));
}

export async function getOneVersion(call: Call): Promise<HttpResponseInit> {
  return json(await getVersion(call.deps, call.param('name'), call.param('version')));
}

export async function getDecisions(call: Call): Promise<HttpResponseInit> {
  return json(await listDecisions(call.deps, call.param('name'), call.query('limit', 'continuation')));
}

/** `PUT /api/definitions/{name}/holds/{revision}`: 201 for a new hold, 200 for another reason. */
export async function putHold(call: Call): Promise<HttpResponseInit> {
  const { reason } = parseBody(HoldRequest, await readOptionalBody(call.request), 'InvalidHold');
  const { actor } = call;
  await refuseForeignDefinition(call.deps, call.scope, call.param('name'));
  const wanted = { name: call.param('name'), revision: call.param('revision'), reason, actor };
  const { hold, created } = await holdRevision(call.deps, wanted);
  return json(holdView(hold), created ? 201 : 200);
}

/** `DELETE /api/definitions/{name}/holds/{revision}`. */
export async function deleteHold(call: Call): Promise<HttpResponseInit> {
  const revision = call.param('revision');
  await refuseForeignDefinition(call.deps, call.scope, call.param('name'));
  await liftHold(call.deps, call.param('name'), revision, call.actor);
  return json({ revision, state: 'Lifted' });
}

/** `POST /api/definitions/{name}/start`: 202 with the definition, of which the revision is the next to start. */
export async function postStart(call: Call): Promise<HttpResponseInit> {
  const body = parseBody(StartRequest, await readOptionalBody(call.request), 'InvalidStart');
  await refuseForeignDefinition(call.deps, call.scope, call.param('name'));
  const record = await startRevision(call.deps, { ...body, name: call.param('name'), actor: call.actor });
  return json(definitionView(record), 202);
}
