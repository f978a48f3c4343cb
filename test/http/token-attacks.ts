import { createHmac, generateKeyPairSync, KeyObject, sign } from 'node:crypto';
import { exportSPKI, type CryptoKey } from 'jose';
import {
  ANNA,
  AUDIENCE,
  encode,
  newPair,
  OTHERS,
  OTHER_TENANT,
  OWN,
  STRANGE_TENANT,
  STRANGERS,
  TENANT,
  type Authority,
  type Header,
} from '../adapters/entra/sign-in.ts';

export type Forged = () => Promise<string> | string;

/** Encrypted for us, as far as it looks. */
const JWE = [encode({ alg: 'RSA-OAEP', enc: 'A256GCM', kid: 'own' }), 'AAAA', 'AAAA', 'AAAA', 'AAAA'].join('.');
const OWN_OBJECT = KeyObject.from(OWN.privateKey);
const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
const elliptic = await newPair('elliptic', 'ES256');
const longer = await newPair('own', 'RS384');
const padded = await newPair('own', 'PS256');

/** Keys that the sign-in service lists beside its own, though nothing signed with them may count. */
export const UNFIT_KEYS = [elliptic.jwk, { ...weak.publicKey.export({ format: 'jwk' }), kid: 'weak', use: 'sig' }];

/** Everything that is tried, by the reason that the caller is told. */
export function attacksOn(
  authority: Authority,
  trap: string,
): Readonly<Record<string, Readonly<Record<string, Forged>>>> {
  const seconds = (): number => Math.floor(authority.clock.now() / 1000);
  const claims =
    (changes: () => Record<string, unknown>): Forged =>
    () =>
      authority.sign(changes());
  const signedBy =
    (key: CryptoKey, changes: Header = {}): Forged =>
    () =>
      authority.sign({}, changes, key);
  const unsigned =
    (header: Header, signature = ''): Forged =>
    () =>
      authority.forge(header, {}, signature);
  const edited = async (change: (parts: string[]) => string[]): Promise<string> =>
    change((await authority.sign()).split('.')).join('.');
  const signedRaw =
    (header: Header, key: KeyObject): Forged =>
    () => {
      const parts = authority.forge(header).slice(0, -1);
      return `${parts}.${sign('sha256', Buffer.from(parts), key).toString('base64url')}`;
    };
  const hmac = (secret: string | Buffer): string => {
    const parts = authority.forge({ alg: 'HS256', typ: 'JWT', kid: 'own' }).slice(0, -1);
    return `${parts}.${createHmac('sha256', secret).update(parts).digest('base64url')}`;
  };
  return {
    WrongAlgorithm: {
      '[J02] no signature: alg none': unsigned({ alg: 'none' }),
      '[J02] alg none in other letters': unsigned({ alg: 'nOnE', kid: 'own' }),
      '[J02] alg none with the signature of another token': () =>
        edited(([, body = '', s = '']) => [encode({ alg: 'none' }), body, s]),
      '[J03] HS256 keyed with our public key': async () => hmac(await exportSPKI(OWN.publicKey)),
      '[J03] HS256 keyed with the modulus': async () => hmac(Buffer.from(OWN.jwk.n ?? '', 'base64url')),
      '[J03] HS256 with an empty key': () => hmac(''),
      '[J03] RS384': signedBy(longer.privateKey, { alg: 'RS384' }),
      '[J03] PS256': signedBy(padded.privateKey, { alg: 'PS256' }),
      '[J03] ES256': signedBy(elliptic.privateKey, { alg: 'ES256', kid: 'elliptic' }),
    },
    BadSignature: {
      '[J02] no signature under RS256': unsigned({ alg: 'RS256', kid: 'own' }),
      '[J13] with a known key id and another key': signedBy(STRANGERS.privateKey),
      '[J15] a token of Graph, which signs another nonce than it shows': () =>
        edited(([, body = '', s = '']) => [encode({ alg: 'RS256', kid: 'own', nonce: 'x' }), body, s]),
      '[J19] with a key of its own': signedBy(STRANGERS.privateKey, { jwk: STRANGERS.jwk }),
      '[J19] with a key of its own and no key id': signedBy(STRANGERS.privateKey, {
        kid: undefined,
        jwk: STRANGERS.jwk,
      }),
      'with another body': () =>
        edited(([head = '', , s = '']) => [head, encode(authority.claims({ roles: ['Admin'] })), s]),
      'with half a signature': () => edited(([head = '', body = '', s = '']) => [head, body, s.slice(0, s.length / 2)]),
    },
    Malformed: {
      '[J02] no alg at all': unsigned({ kid: 'own' }),
      '[J09] of no tenant': claims(() => ({ tid: undefined })),
      '[J19] with an extension that must be understood': signedRaw(
        { alg: 'RS256', kid: 'own', crit: ['exp'], exp: 1 },
        OWN_OBJECT,
      ),
      '[J19] not encoded': signedRaw({ alg: 'RS256', kid: 'own', b64: false, crit: ['b64'] }, OWN_OBJECT),
      '[J19] encrypted': () => JWE,
      'with a body twice': () => edited(([head = '', body = '', s = '']) => [head, body, body, s]),
      'with a body that is a list': () => edited(([head = '', , s = '']) => [head, encode([1]), s]),
      'longer than any token': () => authority.sign({ groups: Array.from({ length: 500 }, () => ANNA) }),
    },
    WrongAudience: {
      '[J04] for another application': claims(() => ({ aud: ANNA })),
      '[J04] for an audience that begins like ours': claims(() => ({ aud: `${AUDIENCE}0` })),
    },
    WrongClaims: {
      '[J04] for no audience': claims(() => ({ aud: undefined })),
      '[J04] for several audiences, ours among them': claims(() => ({ aud: [AUDIENCE, ANNA] })),
      '[J06] of version 1': claims(() => ({ ver: '1.0' })),
      '[J06] of no version': claims(() => ({ ver: undefined })),
      '[J07] of no issuer': claims(() => ({ iss: undefined })),
      '[J11] without an end': claims(() => ({ exp: undefined })),
      '[J11] with an end in words': claims(() => ({ exp: 'never' })),
      '[J11] with an end that is null': claims(() => ({ exp: null })),
      '[J11] without a beginning': claims(() => ({ iat: undefined })),
      '[J12] of nobody': claims(() => ({ oid: undefined })),
      '[J12] of somebody by name': claims(() => ({ oid: 'anna@contoso.example' })),
      '[J18] with a role that is text': claims(() => ({ roles: 'Operator' })),
    },
    WrongIssuer: {
      '[J06] of the issuer of version 1': claims(() => ({ iss: `https://sts.windows.net/${TENANT}/` })),
      '[J07] of the issuer of another trusted tenant': claims(() => ({ iss: `${authority.url}/${OTHER_TENANT}/v2.0` })),
      '[J07] of an issuer elsewhere': claims(() => ({ iss: `${trap}/${TENANT}/v2.0` })),
      '[J08] of the issuer of any tenant': claims(() => ({ iss: `${authority.url}/{tenantid}/v2.0` })),
    },
    UnknownKey: {
      '[J09] of another trusted tenant, signed with the key of this one': claims(() => ({
        tid: OTHER_TENANT,
        iss: `${authority.url}/${OTHER_TENANT}/v2.0`,
      })),
      '[J09] of this tenant, signed with the key of another': signedBy(OTHERS.privateKey, { kid: 'others' }),
      '[J13] signed with a key that nobody knows': signedBy(STRANGERS.privateKey, { kid: 'mine' }),
      '[J13] with a key id that is a path': signedBy(STRANGERS.privateKey, { kid: '../../own' }),
      '[J13] with a key id that is no text': unsigned({ alg: 'RS256', kid: { $ne: '' } }, 'AAAA'),
      '[J13] signed with a key of 1,024 bits': signedRaw({ alg: 'RS256', kid: 'weak' }, weak.privateKey),
      '[J19] with a key set elsewhere': signedBy(STRANGERS.privateKey, { kid: 'mine', jku: `${trap}/keys` }),
      '[J19] with a certificate elsewhere': signedBy(STRANGERS.privateKey, { kid: 'mine', x5u: `${trap}/cert` }),
    },
    WrongTenant: {
      '[J09] of a tenant that is not trusted': claims(() => ({
        tid: STRANGE_TENANT,
        iss: `${authority.url}/${STRANGE_TENANT}/v2.0`,
      })),
      '[J09] of a tenant that is a path': claims(() => ({ tid: `../${TENANT}` })),
      '[J09] of a tenant that is a property of every object': claims(() => ({ tid: '__proto__' })),
    },
    Expired: {
      '[J10] expired a minute ago': claims(() => ({ exp: seconds() - 60 })),
    },
    NotYetValid: {
      '[J10] valid in two minutes': claims(() => ({ nbf: seconds() + 120 })),
      '[J10] issued in two minutes': claims(() => ({ iat: seconds() + 120, nbf: undefined })),
    },
    NoAccessToken: {
      '[J15] an ID token': claims(() => ({ scp: undefined, nonce: 'abc' })),
      '[J17] of an application that does not say that it is one': claims(() => ({ scp: undefined })),
      '[J17] of an application that acts for a person': claims(() => ({ idtyp: 'app' })),
    },
  };
}
