import { describe, expect, it } from 'vitest';
import type { Cluster } from '../../../src/contracts/cluster.ts';
import { freeze } from '../../../src/core/plan/freeze.ts';
import { findWarnings } from '../../../src/core/plan/warnings.ts';
import { blob, bucket, oci } from '../../contracts/flux/raw.ts';
import { cluster, rawConfiguration, request } from '../clusters.ts';

function planned(asked: ReturnType<typeof request>, clusters: readonly Cluster[] = [cluster('c')]) {
  const frozen = freeze(asked, { takenAt: 0, clusters }, 0);
  if (!frozen.ok) throw new Error(JSON.stringify(frozen.problems));
  return frozen.plan;
}

function codes(changes: Record<string, unknown>, clusters?: readonly Cluster[]): string[] {
  const asked = request(changes);
  return findWarnings(asked, planned(asked, clusters)).map(({ code }) => code);
}

const changed = (...changes: Record<string, unknown>[]) => ({
  change: { configurations: changes.map((each) => ({ name: 'shop', ...each })) },
});
const configured = (changes: Record<string, unknown>) => ({ change: { configurations: [rawConfiguration(changes)] } });

describe('warnings', () => {
  it.each([
    ['a pinned, portable plan', {}, []],
    [
      '[warning.NotPinned] a moving branch',
      configured({ gitRepository: { url: 'https://git.example/s', repositoryRef: { branch: 'main' } } }),
      ['NotPinned'],
    ],
    [
      '[warning.NotPinned] a moving tag',
      configured({ gitRepository: { url: 'https://git.example/s', repositoryRef: { tag: 'v1' } } }),
      ['NotPinned'],
    ],
    ['a bucket', { change: { configurations: [bucket()] } }, ['NotPinned']],
    ['a blob container', { change: { configurations: [blob()] } }, ['NotPinned']],
    ['an OCI artifact by its digest', { change: { configurations: [oci()] } }, []],
    [
      'an OCI artifact by a tag',
      { change: { configurations: [oci({ repositoryRef: { tag: 'v1' } })] } },
      ['NotPinned'],
    ],
    [
      '[trap.names] an edit that makes a long name',
      changed({ action: 'edit', kustomizations: { ['k'.repeat(59)]: {} } }),
      ['ObjectNameTooLong'],
    ],
    ['an edit that takes one away', changed({ action: 'edit', kustomizations: { ['k'.repeat(59)]: null } }), []],
    [
      'other changes, whose names are there already',
      changed({ action: 'suspend', name: 'a.b' }, { action: 'remove', name: 'c.d' }),
      [],
    ],
    ['a name of 30 characters', configured({ name: 'a'.repeat(30) }), []],
    ['[warning.NameNotPortable] a name of 31 characters', configured({ name: 'a'.repeat(31) }), ['NameNotPortable']],
    ['[warning.NameNotPortable] a name with a period', configured({ name: 'a.b' }), ['NameNotPortable']],
    ['an object name of 63 characters', configured({ kustomizations: { ['k'.repeat(58)]: {} } }), []],
    [
      '[warning.ObjectNameTooLong] an object name of 64 characters',
      configured({ kustomizations: { ['k'.repeat(59)]: {} } }),
      ['ObjectNameTooLong'],
    ],
    [
      'an empty stage',
      { strategy: { stages: [{ name: 'a', selector: { names: ['none'] } }, { name: 'b' }] } },
      ['EmptyStage'],
    ],
  ])('of %s', (_what, changes, expected) => {
    expect(codes(changes)).toEqual(expected);
  });

  it('of offline and of left-out clusters', () => {
    const stages = [{ name: 'a', selector: { names: ['c*'] } }];
    expect(
      codes({ target: { unmatched: 'skip' }, strategy: { stages } }, [cluster('c', { offline: true }), cluster('x')]),
    ).toEqual(['ClustersOffline', 'ClustersLeftOut']);
  });

  it('of a concurrency beyond what one rollout keeps in flight', () => {
    expect(codes({ strategy: { stages: [{ name: 'a', maxConcurrency: 2001 }] } })).toEqual(['ConcurrencyCapped']);
    expect(codes({ strategy: { stages: [{ name: 'a', maxConcurrency: 2000 }] } })).toEqual([]);
  });
});
