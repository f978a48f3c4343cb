import { afterEach } from 'vitest';
import { ManualClock } from '../../../local/clock.ts';
import { createLocalCredential } from '../../../src/adapters/arm/local-credential.ts';
import { MemoryTelemetry } from '../../../src/adapters/memory/telemetry.ts';
import { createPolicy } from '../../../src/adapters/policy/policy.ts';
import type { Policy, PolicyState } from '../../../src/ports/policy.ts';
import { startHttpFixture, type Answer, type HttpFixture, type Recorded } from '../http-fixture.ts';

export const SUB = '00000000-0000-0000-0000-000000000001';
export const ASSIGNMENT = `/subscriptions/${SUB}/providers/Microsoft.Authorization/policyAssignments/A'1`;
export const CLUSTER = `/subscriptions/${SUB}/resourceGroups/rg/providers/Microsoft.Kubernetes/connectedClusters/c1`;

const clock = new ManualClock();
const open: HttpFixture[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((fixture) => fixture.close()));
});

export interface Setup {
  readonly policy: Policy;
  readonly fixture: HttpFixture;
  readonly telemetry: MemoryTelemetry;
  /** What was asked, as `METHOD url`. */
  readonly asked: () => string[];
}

/** The adapter, speaking to a server that answers by `rule`; both are gone after the test. */
export async function setUp(rule: (request: Recorded) => Answer, requestTimeoutMs = 20_000): Promise<Setup> {
  const fixture = await startHttpFixture(rule);
  open.push(fixture);
  const telemetry = new MemoryTelemetry();
  const { endpoint } = fixture;
  const credential = createLocalCredential();
  const policy = createPolicy({ endpoint, credential, clock, requestTimeoutMs, telemetry });
  return { policy, fixture, telemetry, asked: () => fixture.requests.map(({ method, url }) => `${method} ${url}`) };
}

/** Where the next page is, on the host that was asked. */
export function nextPage({ url, headers }: Recorded, page = 'page=2'): string {
  return `https://${headers.host ?? ''}${url}&${page}`;
}

export async function collect(pages: AsyncIterable<readonly PolicyState[]>): Promise<(readonly PolicyState[])[]> {
  const all: (readonly PolicyState[])[] = [];
  for await (const page of pages) all.push(page);
  return all;
}
