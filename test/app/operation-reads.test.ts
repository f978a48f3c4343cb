import { describe, expect, it } from 'vitest';
import { readsOf } from '../../src/app/budgets.ts';
import { runOperation } from '../../src/app/run-operation.ts';
import { desiredConfiguration } from '../../src/core/flux/desired.ts';
import type { Budget } from '../../src/core/throttle/budget.ts';
import type { ArmJson } from '../../src/ports/arm.ts';
import { configuration } from '../core/clusters.ts';
import { Bench, idOf } from './support.ts';

const { properties } = desiredConfiguration(configuration(), {}) as { properties: ArmJson };
const { name } = readsOf(idOf('c0'));

/** The reads of the subscription before and after the operation of one cluster. */
async function spent(
  seed: ConstructorParameters<typeof Bench>[0][number],
  configurations: readonly object[],
): Promise<{ before: Budget | undefined; after: Budget | undefined }> {
  const bench = new Bench([seed]);
  await bench.submitAndPlan({ change: { configurations } });
  const before = await bench.deps.budgets.read(name);
  await runOperation(bench.deps, bench.nextOperation()!);
  return { before: before?.value, after: (await bench.deps.budgets.read(name))?.value };
}

describe('an operation pays for its reads', () => {
  it('with the one of its slot, when the plan has found the extension working: it is not asked for', async () => {
    const { before, after } = await spent({}, [configuration()]);
    expect(before).toBeDefined();
    expect(after).toEqual(before);
  });

  it('with a second one, when an action before had to make one', async () => {
    const there = { configurations: { shop: properties } };
    const { before, after } = await spent(there, [configuration(), configuration({ name: 'tools' })]);
    expect(after?.fullAt).toBeGreaterThan(before?.fullAt ?? 0);
  });
});
