import { afterEach } from 'vitest';
import { ManualClock } from '../../../local/clock.ts';
import { createArm } from '../../../src/adapters/arm/arm.ts';
import { createLocalCredential } from '../../../src/adapters/arm/local-credential.ts';
import { MemoryTelemetry } from '../../../src/adapters/memory/telemetry.ts';
import type { Arm, ArmFault, ArmResult } from '../../../src/ports/arm.ts';
import { startHttpFixture, type Answer, type HttpFixture, type Recorded } from '../http-fixture.ts';

export const SUB = '00000000-0000-0000-0000-000000000001';
export const CLUSTER = `/subscriptions/${SUB}/resourceGroups/rg/providers/Microsoft.Kubernetes/connectedClusters/c1`;
export const CHILDREN = `${CLUSTER}/providers/Microsoft.KubernetesConfiguration`;
export const BODY = { properties: { sourceKind: 'GitRepository', ociRepository: { url: 'oci://x' } } };
export const FOUND: Answer = { status: 200, body: { name: 'cfg', properties: { provisioningState: 'Succeeded' } } };

export const clock = new ManualClock();
const open: HttpFixture[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((fixture) => fixture.close()));
});

export interface Setup {
  readonly arm: Arm;
  readonly fixture: HttpFixture;
  readonly telemetry: MemoryTelemetry;
}

/** The adapter, speaking to a server that answers by `rule`; both are gone after the test. */
export async function setUp(rule: (request: Recorded) => Answer, requestTimeoutMs = 20_000): Promise<Setup> {
  const fixture = await startHttpFixture(rule);
  open.push(fixture);
  const telemetry = new MemoryTelemetry();
  const { endpoint } = fixture;
  const credential = createLocalCredential();
  const arm = createArm({ endpoint, credential, clock, requestTimeoutMs, telemetry });
  return { arm, fixture, telemetry };
}

/** An error as ARM words it. */
export function armError(status: number, code: string, message: string, headers: Record<string, string> = {}): Answer {
  return { status, headers, body: { error: { code, message, details: [], additionalInfo: [] } } };
}

/** The fault of a result that must be one. */
export function faultOf(result: ArmResult<unknown>): ArmFault {
  if (result.ok) throw new Error(`expected a fault, got ${JSON.stringify(result.value)}`);
  return result.fault;
}
