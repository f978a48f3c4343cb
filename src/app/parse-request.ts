import type { z } from 'zod';
import { Refusal, type Problem } from '../contracts/errors.ts';
import { REQUEST_DEPTH_MAX } from '../contracts/limits.ts';
import { RolloutRequest } from '../contracts/rollout-request.ts';

/** Problems named in one answer; more help nobody. */
const PROBLEMS_MAX = 20;

/** Fields in which the CLI and the REST resource take secrets. They are refused as such, not merely as unknown (law 9). */
const SECRET_FIELDS =
  /^(sshPrivateKey|httpsKey|httpsUser|accessKey|bucketSecretKey|accountKey|sasToken|clientSecret|clientCertificate|clientCertificatePassword|configurationProtectedSettings|password|token)$/i;

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
      return [{ field, code: 'InvalidValue', detail: unionDetail(issue.errors) }];
    default:
      return [{ field, code: 'InvalidValue', detail: lowerFirst(issue.message) }];
  }
}

function unknownField(field: string, key: string): Problem {
  if (!SECRET_FIELDS.test(key)) return { field, code: 'UnknownField', detail: 'is not a field of this contract' };
  const detail =
    'would carry a secret; a secret must never stand in a request. This release rolls out public repositories.';
  return { field, code: 'LiteralSecret', detail };
}

function typeDetail(issue: z.core.$ZodIssueInvalidType): string {
  return issue.input === undefined ? `is required (${issue.expected})` : `must be a ${issue.expected}`;
}

/** Of several alternatives, what each of them wanted. */
function unionDetail(errors: readonly (readonly z.core.$ZodIssue[])[]): string {
  const wishes = errors.flatMap((issues) => issues.slice(0, 1).map(({ message }) => lowerFirst(message)));
  return [...new Set(wishes)].join(', or ');
}

function fieldPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`))
    .join('');
}

function lowerFirst(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}
