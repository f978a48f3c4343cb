import type { HttpResponseInit } from '@azure/functions';
import { CommandKind, CommandRequest } from '../contracts/command.ts';
import { Refusal } from '../contracts/errors.ts';
import { IDEMPOTENCY_KEY_LENGTH_MAX } from '../contracts/limits.ts';
import { COMMAND_ROLES, type Role } from '../contracts/roles.ts';
import { refuseForeignRollout } from '../app/access/within-scope.ts';
import { giveCommand } from '../app/give-command.ts';
import { parseBody, parseRolloutRequest } from '../app/parse-request.ts';
import { previewRollout } from '../app/preview-rollout.ts';
import { getRollout } from '../app/read/get-rollout.ts';
import { listEvents } from '../app/read/list-events.ts';
import { listRolloutClusters } from '../app/read/list-rollout-clusters.ts';
import { listRollouts } from '../app/read/list-rollouts.ts';
import { readChoice } from '../app/read/page.ts';
import { rolloutView } from '../app/read/rollout-view.ts';
import { submitRollout } from '../app/submit-rollout.ts';
import { readBody, readOptionalBody } from './body.ts';
import { json, type Call, type OpenCall } from './route.ts';

/** `POST /api/rollouts`: 202 with the rollout, 200 when the key stood for it already; with `dryRun=true` 200 with the plan. */
export async function postRollout(call: Call): Promise<HttpResponseInit> {
  const { deps, actor, scope, request } = call;
  const dryRun = readChoice('dryRun', call.query('dryRun').dryRun, ['true', 'false']) === 'true';
  const rolloutRequest = parseRolloutRequest(await readBody(request));
  if (dryRun) return json(await previewRollout(deps, rolloutRequest, scope));
  const key = readIdempotencyKey(request.headers.get('idempotency-key'));
  const submission = { request: rolloutRequest, actor, scope, ...(key !== undefined && { idempotencyKey: key }) };
  const { rollout, created } = await submitRollout(deps, submission);
  return json(rolloutView(rollout), created ? 202 : 200, { location: `/api/rollouts/${rollout.id}` });
}

function readIdempotencyKey(key: string | null): string | undefined {
  if (key === null) return undefined;
  // Printable ASCII, as header values are on the wire.
  if (key.length <= IDEMPOTENCY_KEY_LENGTH_MAX && /^[!-~]+$/.test(key)) return key;
  const detail = `Idempotency-Key must be 1 to ${IDEMPOTENCY_KEY_LENGTH_MAX} printable characters without spaces.`;
  throw new Refusal(400, 'InvalidIdempotencyKey', detail, [
    { field: 'Idempotency-Key', code: 'InvalidIdempotencyKey', detail },
  ]);
}

export async function getRollouts(call: Call): Promise<HttpResponseInit> {
  return json(await listRollouts(call.deps, call.query('status', 'limit', 'continuation')));
}

export async function getOneRollout(call: Call): Promise<HttpResponseInit> {
  return json(await getRollout(call.deps, call.param('id')));
}

export async function getRolloutClusters(call: Call): Promise<HttpResponseInit> {
  const query = call.query('stage', 'state', 'limit', 'continuation');
  return json(await listRolloutClusters(call.deps, call.param('id'), query));
}

export async function getRolloutEvents(call: Call): Promise<HttpResponseInit> {
  return json(await listEvents(call.deps, call.param('id'), call.query('limit', 'continuation')));
}

/** Who approves is not who operates. What is no command needs no role but to look: it is not found. */
export function roleOfCommand(param: OpenCall['param']): Role {
  const { data: kind } = CommandKind.safeParse(param('command'));
  return kind === undefined ? 'Reader' : COMMAND_ROLES[kind];
}

/** `POST /api/rollouts/{id}/{command}`: 200 with the rollout after the engine's next step. */
export async function postCommand(call: Call): Promise<HttpResponseInit> {
  const { deps, actor } = call;
  const kind = CommandKind.safeParse(call.param('command'));
  if (!kind.success) {
    const detail = `There is no command '${call.param('command')}'; there are ${CommandKind.options.join(', ')}.`;
    throw new Refusal(404, 'CommandNotFound', detail);
  }
  const request = parseBody(CommandRequest, await readOptionalBody(call.request), 'InvalidCommand');
  const rolloutId = call.param('id');
  await refuseForeignRollout(deps, call.scope, rolloutId);
  return json(rolloutView(await giveCommand(deps, { rolloutId, kind: kind.data, actor, request })));
}
