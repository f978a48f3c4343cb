import fc from 'fast-check';
import { expect, it } from 'vitest';
import { collector, HOST, ROLLOUT, telemetryTo } from './set-up.ts';

const nothing = async (): Promise<void> => undefined;
const rollouts = fc.sample(fc.noBias(fc.stringMatching(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/)), { numRuns: 60, seed: 1 });

it('keeps all of a rollout or nothing, in every process', async () => {
  const receiver = await collector();
  const processes = [0.5, 0.5].map((sampledShare) => telemetryTo(receiver, { sampledShare }));
  for (const rolloutId of rollouts) {
    await processes[0]!.span({ name: 'submit', kind: 'internal', rolloutId, isRoot: true }, nothing);
    await processes[1]!.span({ name: 'operation', kind: 'consumer', rolloutId }, () =>
      processes[1]!.span({ name: 'PUT', kind: 'client' }, nothing),
    );
  }
  await Promise.all(processes.map((each) => each.flush()));
  const traces = Map.groupBy(receiver.spans(), ({ traceId }) => traceId);
  for (const [, spans] of traces) {
    expect(spans.map(({ name }) => name).sort()).toEqual(['PUT', 'operation', 'submit']);
  }
  expect(traces.size).toBeGreaterThan(rollouts.length / 4);
  expect(traces.size).toBeLessThan((rollouts.length * 3) / 4);
});

it.each([
  ['00', 1, 2],
  ['01', 0, 0],
])('does not mind the flag %s of whoever asked', async (flag, sampledShare, expected) => {
  const receiver = await collector();
  const telemetry = telemetryTo(receiver, { sampledShare });
  const traceParent = `00-${HOST.traceId}-${HOST.spanId}-${flag}`;
  await telemetry.span({ name: 'GET', kind: 'server', traceParent }, nothing);
  await telemetry.span({ name: 'wake', kind: 'consumer', traceParent, rolloutId: ROLLOUT.id }, nothing);
  await telemetry.flush();
  expect(receiver.spans()).toHaveLength(expected);
});

it('leaves metrics alone', async () => {
  const receiver = await collector();
  const telemetry = telemetryTo(receiver, { sampledShare: 0 });
  telemetry.count('flotilla.rollouts.started', {});
  await telemetry.flush();
  expect(receiver.metrics().map(({ name }) => name)).toEqual(['flotilla.rollouts.started']);
});
