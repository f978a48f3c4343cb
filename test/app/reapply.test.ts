import { expect, it } from 'vitest';
import { runOperation } from '../../src/app/run-operation.ts';
import { desiredConfiguration } from '../../src/core/flux/desired.ts';
import { configuration } from '../core/clusters.ts';
import { Bench } from './support.ts';

const asDesired = desiredConfiguration(configuration(), {});

it.each([
  ['Failed', 1],
  ['Canceled', 1],
  ['Succeeded', 0],
])('a configuration that is as desired but %s at Azure is written %i times', async (provisioningState, writes) => {
  const bench = new Bench([{}]);
  await bench.submitAndPlan();
  const properties = { ...(asDesired['properties'] as object), provisioningState };
  bench.arm.getConfiguration = async () => ({ ok: true, value: { properties } });
  await runOperation(bench.deps, bench.nextOperation()!);
  expect(bench.writes).toHaveLength(writes);
});
