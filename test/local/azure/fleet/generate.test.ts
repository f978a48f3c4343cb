import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../../local/clock.ts';
import { generateFleet } from '../../../../local/azure/fleet/generate.ts';
import { fleetOptions } from '../../../../local/azure/fleet/options.ts';

function fleet(options: object = {}) {
  return generateFleet(fleetOptions.parse(options), new ManualClock());
}

describe('a generated fleet', () => {
  it('is the same for the same seed and another for another', () => {
    const ids = (seed: number) => fleet({ seed }).clusters.map(({ id, tags }) => [id, tags]);
    expect(ids(7)).toEqual(ids(7));
    expect(ids(7)).not.toEqual(ids(8));
  });

  it('of 48 has AKS and Arc, two canaries, one broken and one offline cluster in ring main', () => {
    const { clusters } = fleet();
    const count = (fits: (each: (typeof clusters)[number]) => boolean) => clusters.filter(fits).length;
    expect(clusters).toHaveLength(48);
    expect(new Set(clusters.map(({ name }) => name)).size).toBe(48);
    expect(new Set(clusters.map(({ type }) => type.segment))).toEqual(
      new Set(['managedClusters', 'connectedClusters']),
    );
    expect([count(({ tags }) => tags['ring'] === 'canary'), count(({ tags }) => tags['ring'] === 'early')]).toEqual([
      2, 10,
    ]);
    const broken = clusters.filter(({ failure }) => failure !== undefined);
    const offline = clusters.filter(({ offlineSinceMs }) => offlineSinceMs !== undefined);
    expect(broken.map(({ tags, failure }) => [tags['ring'], failure])).toEqual([['main', 'HealthCheckFailed']]);
    expect(offline.map(({ tags, type }) => [tags['ring'], type.segment])).toEqual([['main', 'connectedClusters']]);
    expect(new Set(clusters.map(({ subscriptionId }) => subscriptionId)).size).toBe(3);
    expect(new Set(clusters.map(({ location }) => location)).size).toBeGreaterThan(2);
  });

  it.each([1, 2, 3, 4, 5])('keeps these promises with seed %i', (seed) => {
    const { clusters } = fleet({ seed });
    expect(clusters.filter(({ failure }) => failure !== undefined)).toHaveLength(1);
    expect(clusters.filter(({ offlineSinceMs }) => offlineSinceMs !== undefined)).toHaveLength(1);
  });

  it('has as many clusters in trouble and with the extension as asked for', () => {
    const { clusters } = fleet({
      clusters: 400,
      brokenClusters: 5,
      offlineClusters: 3,
      stoppedClusters: 2,
      hybridClusters: 4,
      fluxV1Clusters: 6,
      extensionShare: 0.25,
    });
    const count = (fits: (each: (typeof clusters)[number]) => boolean) => clusters.filter(fits).length;
    expect(count(({ failure }) => failure !== undefined)).toBe(5);
    expect(count(({ offlineSinceMs }) => offlineSinceMs !== undefined)).toBe(3);
    expect(count(({ stopped }) => stopped)).toBe(2);
    expect(count(({ type }) => type.segment === 'provisionedClusters')).toBe(4);
    expect(count(({ sourceControlConfigurations }) => sourceControlConfigurations.size > 0)).toBe(6);
    expect(count(({ extensions }) => extensions.size > 0)).toBeGreaterThan(70);
    expect(count(({ extensions }) => extensions.size > 0)).toBeLessThan(130);
    expect(count(({ tags }) => tags['ring'] === 'canary')).toBe(16);
  });
});
