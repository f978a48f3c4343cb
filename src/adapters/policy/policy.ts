import type { TokenCredential } from '@azure/core-auth';
import { ARM_REQUEST_SECONDS } from '../../contracts/timing.ts';
import type { ArmResult } from '../../ports/arm.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Policy } from '../../ports/policy.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import { listAll } from '../arm-list.ts';
import { createSend, type Send } from '../arm-send.ts';
import { azureHttp } from '../azure-http.ts';
import { isGone, unreadable } from './answers.ts';
import { createEvaluations } from './evaluations.ts';
import { assignmentsUrl, definitionUrl, exemptionsUrl } from './paths.ts';
import { createRemediations } from './remediations.ts';
import { readAssignment, readDefinition, readExemption, readSet } from './resources.ts';
import { createReadStates } from './states.ts';
import { readSummary } from './summary.ts';

export interface PolicyOptions {
  /** As for ARM: `https://management.azure.com`, a sovereign cloud's, or `http://` on a loopback address. */
  readonly endpoint: string;
  readonly credential: TokenCredential;
  /** Dates in Retry-After headers are read against it. */
  readonly clock: Clock;
  /** Real milliseconds after which a request is given up, its token included. */
  readonly requestTimeoutMs?: number;
  /** Absent where nobody measures. */
  readonly telemetry?: Telemetry | undefined;
}

/** Pages of one list of assignments or exemptions. Ours: 10,000 of them on pages of 500. */
const PAGES_MAX = 20;

/**
 * Azure Policy over HTTPS. One per process. Resources are read raw, since the SDK drops fields that it does not know and a selector
 * that is overlooked makes an assignment reach too far; single states come through `@azure/arm-policyinsights`.
 */
export function createPolicy(options: PolicyOptions): Policy {
  const { endpoint, credential, clock, requestTimeoutMs = ARM_REQUEST_SECONDS * 1000, telemetry } = options;
  const http = azureHttp(endpoint, telemetry);
  const send = createSend({ http, credential, clock, requestTimeoutMs });
  const list = <T>(url: string, what: string, read: Reader<T>): Promise<ArmResult<readonly T[]>> =>
    readList(send, { url, host: http.host, what }, read);
  return {
    assignments: (subscriptionId) => list(assignmentsUrl(subscriptionId), 'an assignment', readAssignment),
    exemptions: (subscriptionId) => list(exemptionsUrl(subscriptionId), 'an exemption', readExemption),
    definition: (id) => readOne(send, definitionUrl(id, 'policyDefinitions'), 'a definition', readDefinition),
    set: (id) => readOne(send, definitionUrl(id, 'policySetDefinitions'), 'an initiative', readSet),
    summary: (subscriptionId, assignmentId) => readSummary(send, subscriptionId, assignmentId),
    nonCompliant: createReadStates({ http, credential, clock, requestTimeoutMs }),
    ...createEvaluations(send, http.host),
    ...createRemediations(send),
  };
}

type Reader<T> = (raw: unknown) => T | undefined;

/** One that cannot be read spoils the list: what it says may matter. */
async function readList<T>(
  send: Send,
  { url, host, what }: { readonly url: string; readonly host: string; readonly what: string },
  read: Reader<T>,
): Promise<ArmResult<readonly T[]>> {
  const found = await listAll(send, url, host, PAGES_MAX);
  if (!found.ok) return { ok: false, fault: found.fault };
  const values = found.value.flatMap(({ resource }) => read(resource) ?? []);
  return values.length === found.value.length ? { ok: true, value: values } : unreadable(what);
}

async function readOne<T>(
  send: Send,
  url: string | undefined,
  what: string,
  read: Reader<T>,
): Promise<ArmResult<T | undefined>> {
  if (url === undefined) return { ok: true, value: undefined };
  const reply = await send('GET', url);
  if (isGone(reply)) return { ok: true, value: undefined };
  if (!reply.ok) return { ok: false, fault: reply.fault };
  const value = read(reply.body);
  return value === undefined ? unreadable(what) : { ok: true, value };
}
