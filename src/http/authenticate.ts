import type { HttpRequest } from '@azure/functions';
import type { Actor } from '../contracts/actor.ts';
import type { Principal } from '../contracts/principal.ts';
import { DELEGATED_SCOPE } from '../contracts/roles.ts';
import type { Digest } from '../ports/digest.ts';
import type { Tokens } from '../ports/tokens.ts';
import { forbidden, invalidCredential, unauthenticated } from './access-refusal.ts';
import type { Access } from './access.ts';
import { findKey } from './api-keys.ts';
import { readEasyAuth } from './easy-auth.ts';
import { principalOf } from './principal-of.ts';

const KEY_HEADER = 'x-functions-key';
/** RFC 6750, section 2.1. Two headers arrive joined by a comma, which is in none. */
const BEARER = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i;
/** Digits of a key's SHA-256 that stand for it where it has no name. */
const FINGERPRINT_LENGTH = 12;

/**
 * Who calls: by a token of Entra ID (`Authorization: Bearer`), an API key (`x-functions-key`), or by the word of the platform where that is
 * trusted. Exactly one of them counts; never anything in the URL, which ends up in logs.
 *
 * @throws AccessRefusal 401, 403; Transient when the keys of the issuer cannot be had
 */
export async function authenticate(access: Access, request: HttpRequest, digest: Digest): Promise<Principal> {
  const key = request.headers.get(KEY_HEADER) ?? '';
  if (access.isOff) return localCaller(key, digest);
  if (!isConfigured(access)) throw notConfigured();
  const vouched = access.easyAuthTenants && readEasyAuth(request, access.easyAuthTenants);
  // The platform has checked the token of whom it vouches for, and passes it on.
  const authorization = vouched === undefined ? (request.headers.get('authorization') ?? '') : '';
  if (key !== '' && (authorization !== '' || vouched !== undefined)) throw twoCredentials();
  if (vouched !== undefined) return vouched;
  if (key !== '') return bearerOfKey(access, key, digest);
  if (authorization !== '') return bearerOfToken(access.tokens, authorization);
  throw required();
}

/** Nobody is asked; whoever sends a key is told apart by it, so that one person can try out what the approval of another does. */
function localCaller(key: string, digest: Digest): Principal {
  const actor: Actor =
    key === ''
      ? { kind: 'local', name: 'local' }
      : { kind: 'key', name: digest.sha256(key).slice(0, FINGERPRINT_LENGTH) };
  return { actor, roles: ['Admin'], groups: [] };
}

function bearerOfKey({ keys }: Access, presented: string, digest: Digest): Principal {
  const key = findKey(keys, presented, digest);
  if (key === undefined) {
    const detail =
      'This API key is not known here. Keys are listed in the setting FLOTILLA_API_KEYS; those of the Functions host do not count.';
    throw invalidCredential('InvalidKey', detail, 'UnknownKey');
  }
  return { actor: { kind: 'key', name: key.name }, roles: [key.role], groups: [] };
}

async function bearerOfToken(tokens: Tokens | undefined, authorization: string): Promise<Principal> {
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined) throw invalidToken('Malformed');
  if (tokens === undefined) throw invalidToken('NoTenants');
  const check = await tokens.check(token);
  if (!check.ok) throw invalidToken(check.fault);
  const { claims } = check;
  if (claims.kind === 'user' && !claims.scopes.includes(DELEGATED_SCOPE)) {
    const detail = `The token was issued to an application that may not act for people here: it lacks the scope ${DELEGATED_SCOPE}.`;
    throw forbidden('ScopeMissing', detail);
  }
  return principalOf(claims);
}

function isConfigured({ tokens, keys, easyAuthTenants }: Access): boolean {
  return tokens !== undefined || keys.length > 0 || easyAuthTenants !== undefined;
}

function invalidToken(reason: string) {
  const detail = `The token is not accepted: ${reason}. docs/access.md says what each reason means.`;
  return invalidCredential('InvalidToken', detail, reason);
}

function twoCredentials() {
  const detail = `Send a token or an API key (${KEY_HEADER}), not both: it must be clear who calls.`;
  return unauthenticated('TwoCredentials', detail);
}

function required() {
  const detail = `Send a token of Entra ID (Authorization: Bearer …) or an API key (${KEY_HEADER}).`;
  return unauthenticated('AuthenticationRequired', detail);
}

function notConfigured() {
  const detail =
    'This installation knows no callers yet. Set FLOTILLA_AUTH_TENANTS and FLOTILLA_AUTH_AUDIENCES for tokens of Entra ID, or FLOTILLA_API_KEYS (docs/access.md).';
  return unauthenticated('AuthenticationNotConfigured', detail);
}
