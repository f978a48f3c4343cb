import { z } from 'zod';
import { ENCODED_TEXT_LENGTH_MAX } from '../limits.ts';
import { decodeBase64, decodeBytes, encodeBase64 } from './base64.ts';
import { LITERAL_SECRET } from './field-problems.ts';

/** PEM certificates, plain or in base64; comes out in base64, as `httpsCACert` is sent. */
export const Certificates = encodedText((text) => text.includes('-----BEGIN'), certificatesProblem);

/** SSH known_hosts, plain or in base64; comes out in base64, as `sshKnownHosts` is sent. */
export const KnownHosts = encodedText((text) => /\S\s+\S/.test(text.trim()), knownHostsProblem);

function encodedText(isPlain: (text: string) => boolean, problemOf: (text: string) => string | undefined) {
  return z
    .string()
    .max(ENCODED_TEXT_LENGTH_MAX)
    .transform((input, ctx) => {
      const plain = decodeBase64(input) ?? (isPlain(input) ? input : undefined);
      if (plain?.includes('PRIVATE KEY-----')) {
        const message = 'holds a private key; a secret must never stand in a request: give a reference to it instead';
        ctx.addIssue({ code: 'custom', message, params: LITERAL_SECRET });
        return z.NEVER;
      }
      const problem = plain === undefined ? 'is neither plain text nor base64 of it' : problemOf(plain);
      if (plain === undefined || problem !== undefined) {
        ctx.addIssue({ code: 'custom', message: problem ?? '' });
        return z.NEVER;
      }
      return plain === input ? encodeBase64(input) : input.replace(/\s+/g, '');
    });
}

const CERTIFICATE = /-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]*)-----END \1-----/g;
/** First byte of every certificate: a DER sequence. */
const DER_SEQUENCE = 0x30;

function certificatesProblem(text: string): string | undefined {
  const blocks = [...text.matchAll(CERTIFICATE)];
  const isCertificate = ([, label, body]: readonly (string | undefined)[]): boolean =>
    label === 'CERTIFICATE' && decodeBytes(body ?? '')?.charCodeAt(0) === DER_SEQUENCE;
  const hasOthers = (text.match(/-----BEGIN/g) ?? []).length !== blocks.length || !blocks.every(isCertificate);
  return blocks.length === 0 || hasOthers
    ? 'must be PEM certificates (-----BEGIN CERTIFICATE----- … -----END CERTIFICATE-----), plain or in base64'
    : undefined;
}

function knownHostsProblem(text: string): string | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  const entries = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (entries.length === 0) return 'holds no known_hosts entry';
  const wrong = lines.findIndex((line) => entries.includes(line) && !isKnownHost(line));
  return wrong < 0
    ? undefined
    : `has no known_hosts entry in line ${wrong + 1}: each is "hosts keytype base64-key", such as ssh-keyscan prints it`;
}

const HOSTS = /^(\|1\|[A-Za-z0-9+/=]+\|[A-Za-z0-9+/=]+|[A-Za-z0-9.*?!:,%_[\]-]+)$/;

/** `[@marker] hosts keytype key [comment]` (sshd, SSH_KNOWN_HOSTS FILE FORMAT); the key names its own type (RFC 4253, 6.6). */
function isKnownHost(line: string): boolean {
  const fields = line.split(/\s+/);
  if (fields[0]?.startsWith('@') && !/^@(cert-authority|revoked)$/.test(fields.shift() ?? '')) return false;
  const [hosts = '', type = '', key = ''] = fields;
  const bytes = decodeBytes(key);
  return (
    HOSTS.test(hosts) &&
    type !== '' &&
    bytes?.slice(0, 4 + type.length) === `\0\0\0${String.fromCharCode(type.length)}${type}`
  );
}
