import type { z } from 'zod';
import { Refusal, type Problem } from '../contracts/errors.ts';
import { REQUEST_DEPTH_MAX } from '../contracts/limits.ts';
import { RolloutRequest } from '../contracts/rollout-request.ts';
import { SECRET_REFERENCE_FORM } from '../contracts/secret-reference.ts';

/** Problems named in one answer; more help nobody. */
const PROBLEMS_MAX = 20;

/**
 * Where secrets go that stand in another place than this contract has for them, such as `gitRepository.httpsKey`. They are
 * told apart from other unknown fields: what stands there is a secret in the open (law 9).
 */
const SECRET_PLACES: Readonly<Record<string, string>> = {
  sshPrivateKey: 'configurationProtectedSettings.sshPrivateKey',
  httpsKey: 'configurationProtectedSettings.httpsKey',
  bucketSecretKey: 'configurationProtectedSettings.bucketSecretKey',
  secretKey: 'configurationProtectedSettings.bucketSecretKey',
  accountKey: 'azureBlob.accountKey',
  sasToken: 'azureBlob.sasToken',
  clientSecret: 'azureBlob.servicePrincipal.clientSecret',
  clientCertificate: 'azureBlob.servicePrincipal.clientCertificate',
  clientCertificatePassword: 'azureBlob.servicePrincipal.clientCertificatePassword',
  privateKey: 'ociRepository.tlsConfig.privateKey',
};
const LOOKS_SECRET = /password|passwd|secret|token|private_?key/i;

/** Reads a rollout request from parsed JSON or YAML. Throws `Refusal` 400 naming every field that is wrong. */
export function parseRolloutRequest(input: unknown): RolloutRequest {
  return parseBody(RolloutRequest, input, 'InvalidRolloutRequest');
}

/** Reads any body by its contract. Throws `Refusal` 400 with `code`, naming every field that is wrong. */
export function parseBody<T>(schema: z.ZodType<T>, input: unknown, code: string): T {
  if (depthOf(input) > REQUEST_DEPTH_MAX) {
    throw new Refusal(400, 'BodyTooDeep', `The body is nested more than ${REQUEST_DEPTH_MAX} levels deep.`);
  }
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap(toProblems).slice(0, PROBLEMS_MAX);
  const [first] = problems;
  const detail = `${first?.field || 'The body'} ${first?.detail ?? 'is not valid'}`;
  throw new Refusal(400, code, problems.length > 1 ? `${detail} (and ${problems.length - 1} more)` : detail, problems);
}

/** Levels of nesting, measured without recursion: the input may be hostile. */
function depthOf(input: unknown): number {
  let level: readonly unknown[] = [input];
  for (let depth = 0; depth <= REQUEST_DEPTH_MAX + 1; depth++) {
    level = level.flatMap((value): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
    if (level.length === 0) return depth;
  }
  return REQUEST_DEPTH_MAX + 1;
}

function toProblems(issue: z.core.$ZodIssue): Problem[] {
  const field = fieldPath(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownField(field === '' ? key : `${field}.${key}`, key));
    case 'invalid_type':
      return [{ field, code: 'InvalidType', detail: typeDetail(issue) }];
    case 'invalid_union':
      return [{ field, code: 'InvalidValue', detail: unionDetail(issue) }];
    case 'invalid_key':
      return [{ field, code: 'InvalidName', detail: unionDetail({ message: issue.message, errors: [issue.issues] }) }];
    case 'custom':
      return [{ field, code: codeOf(issue.params), detail: lowerFirst(issue.message) }];
    default:
      return [{ field, code: 'InvalidValue', detail: lowerFirst(issue.message) }];
  }
}

/** A rule of the contract may name the code of its problem. */
function codeOf(params: z.core.$ZodIssueCustom['params']): string {
  const code: unknown = params?.code;
  return typeof code === 'string' ? code : 'InvalidValue';
}

function unknownField(field: string, key: string): Problem {
  const place = SECRET_PLACES[key];
  if (place === undefined && !LOOKS_SECRET.test(key)) {
    return { field, code: 'UnknownField', detail: 'is not a field of this contract' };
  }
  const remedy = place === undefined ? 'Give a reference where the contract has a field for it' : `Give it as ${place}`;
  const detail = `is not a field of this contract, and a secret must never stand in a request. ${remedy}: ${SECRET_REFERENCE_FORM}`;
  return { field, code: 'LiteralSecret', detail };
}

/** The contract's own words, or zod's in ours. */
function typeDetail(issue: z.core.$ZodIssueInvalidType): string {
  if (issue.message.endsWith('received undefined')) return `is required (${issue.expected})`;
  return issue.message.startsWith('Invalid input') ? `must be a ${issue.expected}` : issue.message;
}

/** Of several alternatives, what each of them wanted. */
function unionDetail({ message, errors }: Pick<z.core.$ZodIssueInvalidUnion, 'message' | 'errors'>): string {
  const wishes = errors.flatMap((issues) => issues.slice(0, 1).map((issue) => lowerFirst(issue.message)));
  return message.startsWith('Invalid') && wishes.length > 0 ? [...new Set(wishes)].join(', or ') : lowerFirst(message);
}

function fieldPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`))
    .join('');
}

function lowerFirst(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}
