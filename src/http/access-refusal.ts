import { Refusal } from '../contracts/errors.ts';

/** Somebody may not come in (401), or not do this (403). `challenge` is what `WWW-Authenticate` says (RFC 6750, section 3). */
export class AccessRefusal extends Refusal {
  readonly challenge: string;

  constructor(status: 401 | 403, code: string, detail: string, challenge = '') {
    super(status, code, detail);
    this.challenge = `Bearer realm="flotilla"${challenge}`;
  }
}

/** 401: nothing was presented that says who calls. */
export function unauthenticated(code: string, detail: string): AccessRefusal {
  return new AccessRefusal(401, code, detail);
}

/** 401: what was presented does not count; `reason` is one word. */
export function invalidCredential(code: string, detail: string, reason: string): AccessRefusal {
  return new AccessRefusal(401, code, detail, `, error="invalid_token", error_description="${reason}"`);
}

/** 403: it is known who calls, and that is not enough. */
export function forbidden(code: string, detail: string): AccessRefusal {
  return new AccessRefusal(403, code, detail, ', error="insufficient_scope"');
}
