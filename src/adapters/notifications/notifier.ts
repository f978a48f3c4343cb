import { Webhook } from 'standardwebhooks';
import type { Notification } from '../../contracts/notification.ts';
import { SecretReference } from '../../contracts/secret-reference.ts';
import { NOTIFY_REQUEST_SECONDS } from '../../contracts/timing.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Notifier, NotifyResult } from '../../ports/notifier.ts';
import type { Secrets } from '../../ports/secrets.ts';
import { CLOUD_EVENT_TYPE, cloudEvent } from './cloud-event.ts';
import { receiverProblem } from './receiver-url.ts';

export interface NotifierOptions {
  /** Where events go: an `https://` URL, or a reference to a secret that holds one. */
  readonly receiver: string;
  /** Reference to the key that events are signed with (`whsec_…`, Standard Webhooks); without one they are not signed. */
  readonly signingKey?: string;
  readonly secrets: Secrets;
  /** Times of signatures are taken from it. */
  readonly clock: Clock;
  /** Where the API answers, such as `https://HOST/api`: source of the events, and what their links begin with. */
  readonly apiUrl: string;
  /** Lets events go to `http://` on a loopback address. */
  readonly isLocalCloud: boolean;
  /** Real milliseconds after which a try is given up. */
  readonly requestTimeoutMs?: number;
}

interface Signature {
  readonly ok: true;
  readonly headers: Readonly<Record<string, string>>;
}

type Failure = Extract<NotifyResult, { ok: false }>;

/** POSTs each notification as one CloudEvent, signed by Standard Webhooks where there is a key. Follows no redirect, reads no answer. */
export function createNotifier(options: NotifierOptions): Notifier {
  return {
    notify: async (notification) => {
      const address = await receiverOf(options);
      if (typeof address !== 'string') return address;
      const body = JSON.stringify(cloudEvent(notification, options.apiUrl));
      const signature = await signatureOf(options, notification, body);
      if (!signature.ok) return signature;
      const headers = { 'content-type': CLOUD_EVENT_TYPE, 'user-agent': 'flotilla', ...signature.headers };
      return post(address, headers, body, options.requestTimeoutMs ?? NOTIFY_REQUEST_SECONDS * 1000);
    },
  };
}

/** Read anew each time: a secret that was changed is used from then on. */
async function receiverOf({ receiver, secrets, isLocalCloud }: NotifierOptions): Promise<string | Failure> {
  const found = isReference(receiver) ? await secrets.read(receiver) : ({ ok: true, value: receiver } as const);
  if (!found.ok) return failed(found.fault.code, found.fault.detail);
  const problem = receiverProblem(found.value, isLocalCloud);
  return problem === undefined ? found.value : failed('ReceiverNotAllowed', `The receiver's address ${problem}.`);
}

function isReference(text: string): boolean {
  return SecretReference.safeParse(text).success;
}

async function signatureOf(
  { signingKey, secrets, clock }: NotifierOptions,
  { id }: Notification,
  body: string,
): Promise<Signature | Failure> {
  if (signingKey === undefined) return { ok: true, headers: {} };
  const key = await secrets.read(signingKey);
  if (!key.ok) return failed(key.fault.code, key.fault.detail);
  const now = new Date(clock.now());
  try {
    const signature = new Webhook(key.value).sign(id, now, body);
    const seconds = String(Math.floor(now.getTime() / 1000));
    return {
      ok: true,
      headers: { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': signature },
    };
  } catch {
    // What the library says could quote the key.
    return failed('InvalidSigningKey', `${signingKey} is no key: it must be whsec_ and base64 (Standard Webhooks).`);
  }
}

async function post(
  address: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  timeoutMs: number,
): Promise<NotifyResult> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await fetch(address, { method: 'POST', headers, body, signal, redirect: 'manual' });
    // Nothing in it is of interest, however long it is.
    await answer.body?.cancel();
    if (answer.ok) return { ok: true };
    const what = answer.status >= 300 && answer.status < 400 ? 'a redirect, which is not followed' : 'no success';
    return failed(`Http${answer.status}`, `The receiver answered ${answer.status}: ${what}.`);
  } catch (error) {
    if (signal.aborted) return failed('ReceiverTimedOut', `The receiver did not answer within ${timeoutMs} ms.`);
    return failed('ReceiverUnreachable', `The receiver cannot be reached (${causeOf(error)}).`);
  }
}

/** `ECONNREFUSED`, `ENOTFOUND` …: the words of the error would name the host. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : 'no connection';
}

function failed(code: string, detail: string): Failure {
  return { ok: false, code, detail };
}
