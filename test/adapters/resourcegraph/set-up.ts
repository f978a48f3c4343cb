import { afterEach } from 'vitest';
import { ManualClock } from '../../../local/clock.ts';
import { createLocalCredential } from '../../../src/adapters/arm/local-credential.ts';
import { MemoryTelemetry } from '../../../src/adapters/memory/telemetry.ts';
import { createGraph } from '../../../src/adapters/resourcegraph/graph.ts';
import type { Graph } from '../../../src/ports/graph.ts';
import { startHttpFixture, type Answer, type HttpFixture, type Recorded } from '../http-fixture.ts';

export const SUB = '00000000-0000-0000-0000-000000000001';
export const GROUP = `/subscriptions/${SUB}/resourceGroups/RG/providers`;
export const arc = (name: string): string => `${GROUP}/Microsoft.Kubernetes/connectedClusters/${name}`;

const clock = new ManualClock();
const open: HttpFixture[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((fixture) => fixture.close()));
});

/** A question as it arrived. */
export interface Asked {
  readonly subscriptions: string[];
  readonly query: string;
  readonly options: Record<string, unknown>;
}

/** The adapter, speaking to a server that answers by `rule`; both are gone after the test. */
export async function setUp(
  rule: (asked: Asked, request: Recorded) => Answer,
  requestTimeoutMs = 20_000,
): Promise<{ graph: Graph; asked: Asked[]; requests: readonly Recorded[]; telemetry: MemoryTelemetry }> {
  const asked: Asked[] = [];
  const fixture = await startHttpFixture((request) => {
    const body = JSON.parse(request.body) as Asked;
    asked.push(body);
    return rule(body, request);
  });
  open.push(fixture);
  const telemetry = new MemoryTelemetry();
  const { endpoint, requests } = fixture;
  const credential = createLocalCredential();
  const graph = createGraph({ endpoint, credential, clock, requestTimeoutMs, telemetry });
  return { graph, asked, requests, telemetry };
}

/** A page as Resource Graph answers it. */
export function rows(data: unknown[], skipToken?: string, resultTruncated = 'false'): Answer {
  const more = skipToken === undefined ? {} : { $skipToken: skipToken };
  return { status: 200, body: { totalRecords: data.length, count: data.length, data, resultTruncated, ...more } };
}

/** All rows of all pages. */
export async function collect<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(...page);
  return all;
}
