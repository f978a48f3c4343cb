import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Configuration } from '../../../src/contracts/flux/configuration.ts';
import { configurations } from './arbitrary.ts';
import { blob, bucket, git, oci, problemsOf } from './raw.ts';

const BLOCKS = [
  ['GitRepository', 'gitRepository', git],
  ['Bucket', 'bucket', bucket],
  ['AzureBlob', 'azureBlob', blob],
  ['OCIRepository', 'ociRepository', oci],
] as const;

describe('a configuration', () => {
  it('gets the defaults of the service', () => {
    expect(Configuration.parse(git())).toMatchObject({
      action: 'apply',
      replace: false,
      namespace: 'default',
      scope: 'cluster',
      suspend: false,
      gitRepository: { timeout: 600, syncInterval: 600 },
    });
  });

  it.each(['a', 'shop', 'shop-1', 'a.b-c.d', 'x'.repeat(63), '1a'])('[configuration.name] may be called %s', (name) => {
    expect(problemsOf(git({}, { name }))).toEqual([]);
  });

  it.each(['', 'Shop', '-a', 'a-', 'a..b', 'a.-b', '.a', 'a.', 'a_b', 'a b', 'x'.repeat(64), 'ä', 'a\n'])(
    '[configuration.name] [trap.names] may not be called %j',
    (name) => {
      expect(problemsOf(git({}, { name })).join()).toMatch(/^name: /);
    },
  );

  it.each(['shop', 'x'.repeat(63), 'shop-${cluster.tags.ring}', '${variables.namespace}'])(
    '[configuration.namespace] may live in %s',
    (namespace) => {
      expect(problemsOf(git({}, { namespace }))).toEqual([]);
    },
  );

  it.each(['', 'Shop', 'a.b', '-a', 'x'.repeat(64), '${', 'a b', 5])(
    '[configuration.namespace] may not live in %j',
    (namespace) => {
      expect(problemsOf(git({}, { namespace }))).toEqual([expect.stringMatching(/^namespace: must be a namespace/)]);
    },
  );

  it.each(BLOCKS)('[configuration.sourceKind] %s needs %s', (sourceKind, block, raw) => {
    expect(problemsOf(raw())).toEqual([]);
    expect(problemsOf({ ...raw(), [block]: undefined })).toContain(
      `${block}: is required for sourceKind ${sourceKind}`,
    );
  });

  const others = BLOCKS.flatMap(([sourceKind, block, raw]) =>
    BLOCKS.filter(([, other]) => other !== block).map(([, other, foreign]) => ({ sourceKind, raw, other, foreign })),
  );
  it.each(others)(
    '[configuration.sourceKind] $sourceKind cannot have $other',
    ({ sourceKind, raw, other, foreign }) => {
      expect(problemsOf({ ...raw(), [other]: foreign()[other] })).toEqual([
        `${other}: is not the source of sourceKind ${sourceKind}; leave it out`,
      ]);
    },
  );

  it('[configuration.scope] [configuration.suspend] are what the service knows', () => {
    expect(problemsOf(git({}, { scope: 'namespace', suspend: true }))).toEqual([]);
    expect(problemsOf(git({}, { scope: 'Cluster' }))).toEqual([expect.stringMatching(/^scope: /)]);
    expect(problemsOf(git({}, { suspend: 'true' }))).toEqual([expect.stringMatching(/^suspend: /)]);
  });

  it('[configuration.reconciliationWaitDuration] waits only where it waits', () => {
    const waiting = { waitForReconciliation: true, reconciliationWaitDuration: 'PT30M' };
    expect(Configuration.parse(git({}, waiting))).toMatchObject({ reconciliationWaitDuration: 1800 });
    for (const waitForReconciliation of [undefined, false]) {
      expect(problemsOf(git({}, { ...waiting, waitForReconciliation }))).toEqual([
        'reconciliationWaitDuration: needs waitForReconciliation: true beside it',
      ]);
    }
  });

  it('of any kind is the same when it is read again', () => {
    fc.assert(
      fc.property(configurations, (raw) => {
        const once = Configuration.parse(raw);
        expect(Configuration.parse(once)).toEqual(once);
        expect(Configuration.parse(JSON.parse(JSON.stringify(once)))).toEqual(once);
      }),
    );
  });
});
