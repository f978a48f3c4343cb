import type { HttpResponseInit } from '@azure/functions';
import { refuseForeignBinding } from '../app/access/within-scope.ts';
import { bindingView, evaluationView } from '../app/bindings/binding-view.ts';
import { deleteBinding } from '../app/bindings/delete-binding.ts';
import { evaluateBinding } from '../app/bindings/evaluate-binding.ts';
import { putBinding } from '../app/bindings/put-binding.ts';
import { getBinding, listBindings } from '../app/bindings/read-bindings.ts';
import { resumeBinding } from '../app/bindings/resume-binding.ts';
import { parseBody } from '../app/parse-request.ts';
import { PolicyBinding, ResumeRequest } from '../contracts/policy-binding.ts';
import { readBody, readOptionalBody } from './body.ts';
import { json, type Call } from './route.ts';

/** `PUT /api/policies/{name}`: 201 for a new binding, 200 for one that is replaced. */
export async function putPolicy(call: Call): Promise<HttpResponseInit> {
  const { deps, actor, request } = call;
  const binding = parseBody(PolicyBinding, await readBody(request), 'InvalidPolicyBinding');
  const { record, created } = await putBinding(deps, { name: call.param('name'), binding, actor });
  return json(bindingView(record), created ? 201 : 200, { location: `/api/policies/${record.name}` });
}

export async function getPolicies(call: Call): Promise<HttpResponseInit> {
  return json(await listBindings(call.deps));
}

export async function getPolicy(call: Call): Promise<HttpResponseInit> {
  return json(await getBinding(call.deps, call.param('name')));
}

/** `DELETE /api/policies/{name}`: 200 when it is gone, 202 while its remediation tasks are being cancelled. */
export async function deletePolicy(call: Call): Promise<HttpResponseInit> {
  const name = call.param('name');
  const { isGone, rollouts } = await deleteBinding(call.deps, name, call.actor);
  return json({ name, state: isGone ? 'Deleted' : 'Deleting', rolloutsThatGoOn: rollouts }, isGone ? 200 : 202);
}

/** `POST /api/policies/{name}/resume`: takes the mass-drift brake off; the body says why. */
export async function postResume(call: Call): Promise<HttpResponseInit> {
  const body = parseBody(ResumeRequest, await readOptionalBody(call.request), 'InvalidResume');
  await refuseForeignBinding(call.deps, call.scope, call.param('name'));
  return json(bindingView(await resumeBinding(call.deps, call.param('name'), call.actor, body)));
}

/** `POST /api/policies/{name}/evaluate`: 202 with what Policy is looking at anew; `started` is what this call began. */
export async function postEvaluate(call: Call): Promise<HttpResponseInit> {
  const { record, started } = await evaluateBinding(call.deps, call.param('name'), call.actor);
  const { name, evaluations = [] } = record;
  const body = { name, started, evaluations: evaluations.map(evaluationView) };
  return json(body, 202, { location: `/api/policies/${name}` });
}
