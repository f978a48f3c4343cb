import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { parseBody } from '../app/parse-request.ts';
import { deliveryView, listDeliveries } from '../app/webhooks/delivery-view.ts';
import { deleteHook, getHook, hookView, putHook } from '../app/webhooks/hooks.ts';
import { receiveDelivery } from '../app/webhooks/receive-delivery.ts';
import { findDelivery, redeliver } from '../app/webhooks/redeliver.ts';
import { Refusal } from '../contracts/errors.ts';
import { DELIVERY_BYTES_MAX } from '../contracts/limits.ts';
import { Hook } from '../contracts/webhook.ts';
import { readBody } from './body.ts';
import { json, type Call, type OpenCall } from './route.ts';

/** `application/json`, or a JSON type of a registry: `application/vnd.docker.distribution.events.v1+json`. */
const JSON_TYPE = /^application\/(json|[a-z0-9.-]+\+json)$/;

/**
 * `POST /api/webhooks/{provider}/{hook?}`, without a key: the signature of the delivery authenticates it. 202 when it is accepted,
 * 200 when it is of no consequence or came before.
 */
export async function postDelivery(call: OpenCall): Promise<HttpResponseInit> {
  const { deps, gate, request } = call;
  if (request.method !== 'POST') {
    throw new Refusal(405, 'MethodNotAllowed', 'Deliveries of webhooks are sent by POST.');
  }
  const hook = call.param('hook');
  const { record, isNew } = await receiveDelivery(deps, gate, {
    provider: call.param('provider'),
    hook: hook === '' ? undefined : hook,
    header: (name) => request.headers.get(name) ?? undefined,
    readBody: () => readBytes(request),
  });
  const { id, outcome, code, detail } = record;
  if (!isNew) return json({ id, outcome, code: 'AlreadyReceived' });
  return json({ id, outcome, code, detail: detail.slice(0, 150) }, outcome === 'Accepted' ? 202 : 200);
}

/** The bytes as they were signed. Nothing is inflated: a small body could become a large one. */
async function readBytes(request: HttpRequest): Promise<Uint8Array> {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!JSON_TYPE.test(type)) {
    throw new Refusal(415, 'UnsupportedContentType', 'Deliveries are application/json; set that at the provider.');
  }
  const encoding = request.headers.get('content-encoding');
  if (encoding !== null && encoding !== 'identity') {
    throw new Refusal(415, 'UnsupportedContentEncoding', 'Deliveries are taken as they are, not compressed.');
  }
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > DELIVERY_BYTES_MAX) throw tooLarge();
  const bytes = new Uint8Array(await request.arrayBuffer());
  if (bytes.byteLength > DELIVERY_BYTES_MAX) throw tooLarge();
  return bytes;
}

function tooLarge(): Refusal {
  return new Refusal(413, 'BodyTooLarge', `The body is larger than ${DELIVERY_BYTES_MAX} bytes.`);
}

export async function getDeliveries(call: Call): Promise<HttpResponseInit> {
  return json(await listDeliveries(call.deps, call.query('outcome', 'hook', 'limit', 'continuation')));
}

export async function getDelivery(call: Call): Promise<HttpResponseInit> {
  return json(deliveryView(await findDelivery(call.deps, call.param('id'))));
}

/** `POST /api/webhooks/deliveries/{id}/redeliver`: 202, and the delivery is looked at again. */
export async function postRedeliver(call: Call): Promise<HttpResponseInit> {
  return json(deliveryView(await redeliver(call.deps, call.param('id'), call.actor)), 202);
}

/** `PUT /api/hooks/{name}`: 201 for a new hook, 200 for one that is replaced. */
export async function putOneHook(call: Call): Promise<HttpResponseInit> {
  const hook = parseBody(Hook, await readBody(call.request), 'InvalidHook');
  const { record, created } = await putHook(call.deps, { name: call.param('name'), hook, actor: call.actor });
  return json(hookView(record), created ? 201 : 200, { location: `/api/hooks/${record.name}` });
}

export async function getHooks(call: Call): Promise<HttpResponseInit> {
  return json({ items: (await call.deps.hooks.list()).map(hookView) });
}

export async function getOneHook(call: Call): Promise<HttpResponseInit> {
  return json(hookView(await getHook(call.deps, call.param('name'))));
}

export async function deleteOneHook(call: Call): Promise<HttpResponseInit> {
  await deleteHook(call.deps, call.param('name'), call.actor);
  return { status: 204 };
}
