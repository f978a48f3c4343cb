import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Activity, ActivityLog } from '../../src/ports/activity-log.ts';
import { valueOf } from './policy-world.ts';

const MINUTE_MS = 60_000;
const TYPE = 'Microsoft.KubernetesConfiguration/fluxConfigurations';

/**
 * What the suite needs of an implementation of `ActivityLog`. It is run on the real adapter against the simulated Azure
 * (`activity-log.test.ts`) and on the one in memory (`memory-activity-log.test.ts`). Nothing was done to any configuration at first.
 */
export interface ActivityWorld {
  readonly log: ActivityLog;
  /** ARM ids of two clusters in different subscriptions. */
  readonly clusters: readonly [string, string];
  readonly now: () => number;
  /** Moves the world's clock. */
  readonly letTimePass: (ms: number) => void;
  /** Somebody writes a configuration, or deletes it. */
  readonly write: (cluster: string, name: string, by: string) => Promise<void>;
  readonly remove: (cluster: string, name: string, by: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** The `ActivityLog` port: what its docstrings promise, on any implementation. */
export function activityLogSuite(open: () => Promise<ActivityWorld>): void {
  describe('ActivityLog', () => {
    let world: ActivityWorld;
    let started: number;
    beforeEach(async () => {
      world = await open();
      started = world.now();
    });
    afterEach(() => world.close());

    const idOf = (name: string, cluster = world.clusters[0]): string => `${cluster}/providers/${TYPE}/${name}`;

    /** Everything about one resource so far, once the log has caught up. */
    async function read(resourceId: string, sinceMs = started): Promise<readonly Activity[]> {
      world.letTimePass(10 * MINUTE_MS);
      return valueOf(await world.log.read(resourceId, sinceMs, world.now()));
    }

    /** `write Accepted alice@…` for each end of a request. */
    function ends(activities: readonly Activity[]): string[] {
      return activities
        .filter(({ status }) => status === 'Accepted' || status === 'Succeeded')
        .map(({ operation, caller }) => `${operation.toLowerCase().split('/').at(-1) ?? ''} ${caller}`);
    }

    it('says who wrote and who deleted a resource that is gone, newest first, with the time', async () => {
      const [cluster] = world.clusters;
      await world.write(cluster, 'shop', 'alice@fleet.example');
      const writtenAt = world.now();
      world.letTimePass(30 * MINUTE_MS);
      await world.remove(cluster, 'shop', 'bob@fleet.example');
      const removedAt = world.now();
      const found = await read(idOf('shop'));
      expect(ends(found)).toEqual(['delete bob@fleet.example', 'write alice@fleet.example']);
      expect([found[0]?.at, found.at(-1)?.at]).toEqual([removedAt, writtenAt]);
      expect(found[0]?.operation.toLowerCase()).toBe(`${TYPE.toLowerCase()}/delete`);
    });

    it('says it of the resource that was asked for, whatever its casing, and of no other', async () => {
      const [cluster, other] = world.clusters;
      await world.write(cluster, 'shop', 'alice@fleet.example');
      await world.write(cluster, 'shop-2', 'carol@fleet.example');
      await world.write(other, 'shop', 'dave@fleet.example');
      expect(ends(await read(idOf('shop').toUpperCase()))).toEqual(['write alice@fleet.example']);
      expect(ends(await read(idOf('shop', other)))).toEqual(['write dave@fleet.example']);
    });

    it('has nothing of what happened outside the window', async () => {
      const [cluster] = world.clusters;
      await world.write(cluster, 'shop', 'alice@fleet.example');
      world.letTimePass(MINUTE_MS);
      const middle = world.now();
      world.letTimePass(MINUTE_MS);
      await world.write(cluster, 'shop', 'bob@fleet.example');
      expect(ends(await read(idOf('shop'), middle))).toEqual(['write bob@fleet.example']);
      const early = valueOf(await world.log.read(idOf('shop'), started, middle));
      expect(ends(early)).toEqual(['write alice@fleet.example']);
    });

    it('has nothing of a resource that nobody touched', async () => {
      expect(await read(idOf("it's not there"))).toEqual([]);
    });

    it('has everything, also of a busy resource', async () => {
      const [cluster] = world.clusters;
      for (let n = 0; n < 150; n++) {
        await world.write(cluster, 'shop', `person-${n}@fleet.example`);
        world.letTimePass(1000);
      }
      const expected = Array.from({ length: 150 }, (_, n) => `write person-${149 - n}@fleet.example`);
      expect(ends(await read(idOf('shop')))).toEqual(expected);
    });
  });
}
