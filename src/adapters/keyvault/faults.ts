import { isRestError } from '@azure/core-rest-pipeline';
import { z } from 'zod';
import type { SecretFault, SecretResult } from '../../ports/secrets.ts';
import { retryAfterMs, type HeaderReader } from '../retry-after.ts';
import { shorten } from '../shorten.ts';
import { TokenUnavailable } from '../telling-credential.ts';

/** What a vault answered, before anybody made sense of it. */
export interface VaultAnswer {
  readonly status: number;
  readonly headers: HeaderReader;
  readonly body: unknown;
}

/** What was asked for, for messages. */
interface Asked {
  readonly reference: string;
  readonly host: string;
}

const Code = z.string().regex(/^\w{1,64}$/);
/** The body of an error ("Authentication, requests and responses" of Key Vault); the inner code is the telling one. */
const ErrorBody = z.object({
  error: z.object({ code: Code, innererror: z.object({ code: Code }).nullish().catch(undefined) }),
});

/** A result that somebody has to act on. */
export function refused(code: string, detail: string): SecretResult {
  return { ok: false, fault: { kind: 'refused', code, detail } };
}

/** What an answer means that gave no secret. */
export function faultOfAnswer(answer: VaultAnswer, { reference, host }: Asked, nowMs: number): SecretFault {
  const { status, headers, body } = answer;
  const code = errorCode(body);
  if (status < 300 || (status === 404 && code === undefined)) return unreadable(host);
  const said = `${host} answered ${status}${code === undefined ? '' : ` (${code})`} for ${reference}`;
  if (status === 404)
    return {
      kind: 'refused',
      code: 'SecretNotFound',
      detail: `${reference} does not exist. Check the name, or recover the secret if it was deleted.`,
    };
  if (code === 'SecretDisabled') {
    return { kind: 'refused', code, detail: `${reference} is disabled. Enable it, or name another version.` };
  }
  if (status === 401 || status === 403) {
    const detail = `${said}. The identity of the application needs the role Key Vault Secrets User, and the vault has to let its network in.`;
    return { kind: 'refused', code: 'SecretForbidden', detail };
  }
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
    return { kind: 'refused', code: 'VaultRefused', detail: `${said}.` };
  }
  const afterMs = retryAfterMs(headers, nowMs);
  return {
    kind: 'unavailable',
    code: status === 429 ? 'VaultThrottled' : 'VaultUnavailable',
    detail: `${said}.`,
    ...(afterMs !== undefined && { retryAfterMs: afterMs }),
  };
}

/** What it means that no answer came. `timeoutMs` is set when the request was given up. */
export function faultWithoutAnswer(error: unknown, { host }: Asked, timeoutMs: number | undefined): SecretFault {
  if (timeoutMs !== undefined) {
    const detail = `${host} did not answer within ${timeoutMs} ms.`;
    return { kind: 'unavailable', code: 'VaultTimedOut', detail };
  }
  if (error instanceof TokenUnavailable) {
    return { kind: 'unavailable', code: error.name, detail: shorten(error.message) };
  }
  if (!isRestError(error)) return unreadable(host);
  const code = error.code ?? 'NoConnection';
  return { kind: 'unavailable', code, detail: `${host} cannot be reached (${code}).` };
}

/** Not the vault's own answer: a gateway, a proxy, a half body. */
function unreadable(host: string): SecretFault {
  return { kind: 'unavailable', code: 'UnreadableAnswer', detail: `What ${host} answered cannot be read.` };
}

function errorCode(body: unknown): string | undefined {
  const { error } = ErrorBody.safeParse(body).data ?? {};
  return error?.innererror?.code ?? error?.code;
}
