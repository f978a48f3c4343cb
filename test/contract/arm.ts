import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseClusterId } from '../../src/contracts/cluster-id.ts';
import type { Arm, ArmResult } from '../../src/ports/arm.ts';
import { faultOf, valueOf } from './arm-answers.ts';
import { armConfigurationSuite } from './arm-configurations.ts';
import { armExtensionSuite } from './arm-extension.ts';
import { armFluxV1Suite } from './arm-flux-v1.ts';
import { armSourceSuite } from './arm-sources.ts';
import { configurationBody, EXTENSION_BODY, type AzureWorld, type OpenWorld } from './azure-world.ts';

/** Every call on a cluster. */
const CALLS: Readonly<Record<string, (arm: Arm, clusterId: string) => Promise<ArmResult<unknown>>>> = {
  getConfiguration: (arm, id) => arm.getConfiguration(id, 'apps'),
  listConfigurations: (arm, id) => arm.listConfigurations(id),
  putConfiguration: (arm, id) => arm.putConfiguration(id, 'apps', configurationBody()),
  patchConfiguration: (arm, id) => arm.patchConfiguration(id, 'apps', configurationBody()),
  deleteConfiguration: (arm, id) => arm.deleteConfiguration(id, 'apps', false),
  'deleteConfiguration by force': (arm, id) => arm.deleteConfiguration(id, 'apps', true),
  findFluxExtension: (arm, id) => arm.findFluxExtension(id),
  putExtension: (arm, id) => arm.putExtension(id, 'flux', EXTENSION_BODY),
  patchExtension: (arm, id) => arm.patchExtension(id, 'flux', EXTENSION_BODY),
  deleteExtension: (arm, id) => arm.deleteExtension(id, 'flux', false),
  listFluxV1: (arm, id) => arm.listFluxV1(id),
  deleteFluxV1: (arm, id) => arm.deleteFluxV1(id, 'old'),
};

/** The `Arm` port: what its docstrings promise, on any implementation. */
export function armSuite(open: OpenWorld): void {
  describe('Arm', () => {
    let world: AzureWorld;
    beforeEach(async () => {
      world = await open();
    });
    afterEach(() => world.close());

    armConfigurationSuite(() => world);
    armSourceSuite(() => world);
    armExtensionSuite(() => world);
    armFluxV1Suite(() => world);

    describe('a resource provider', () => {
      it('is registered, and says where each resource type may be', async () => {
        const { arm, clusters } = world;
        const { subscriptionId } = parseClusterId(clusters.ready)!;
        const provider = valueOf(await arm.getProvider(subscriptionId, 'Microsoft.KubernetesConfiguration'));
        expect(provider.state).toBe('Registered');
        for (const type of ['fluxconfigurations', 'extensions', 'sourcecontrolconfigurations']) {
          expect(provider.locations[type], type).toBeInstanceOf(Array);
        }
        const locations = Object.values(provider.locations).flat();
        expect(locations.filter((location) => !/^[a-z0-9]+$/.test(location))).toEqual([]);
      });

      it('that nobody knows is refused', async () => {
        const { arm, clusters } = world;
        const { subscriptionId } = parseClusterId(clusters.ready)!;
        const fault = faultOf(await arm.getProvider(subscriptionId, 'Microsoft.Nothing'));
        expect(fault).toMatchObject({ kind: 'refused', code: 'InvalidResourceNamespace' });
      });
    });

    it.for(Object.keys(CALLS))('%s says of a cluster that is not there that it is not there', async (name) => {
      const answer = await CALLS[name]!(world.arm, world.clusters.absent);
      expect(faultOf(answer)).toMatchObject({ kind: 'clusterNotFound' });
    });

    it('throttles, says for how long, and lets through afterwards', async () => {
      const { arm, clusters, letTimePass } = world;
      const results = await Promise.all(
        Array.from({ length: 300 }, () => arm.getConfiguration(clusters.ready, 'apps')),
      );
      const faults = results.filter((result) => !result.ok).map(faultOf);
      expect(faults.length).toBeGreaterThan(0);
      expect(faults.length).toBeLessThan(300);
      let pauseMs = 0;
      for (const fault of faults) {
        expect(fault).toMatchObject({ kind: 'throttled' });
        if (fault.kind === 'throttled') pauseMs = Math.max(pauseMs, fault.retryAfterMs);
      }
      expect(pauseMs).toBeGreaterThan(0);
      letTimePass(pauseMs);
      expect(valueOf(await arm.getConfiguration(clusters.ready, 'apps'))).toBeUndefined();
    });

    describe('in trouble', () => {
      it.for(['throttled', 'conflict', 'unavailable'] as const)(
        'tells %s, and nothing was done',
        async (trouble, ctx) => {
          const { arm, clusters, failNext } = world;
          if (failNext === undefined) return ctx.skip();
          await failNext(trouble);
          expect(faultOf(await arm.putConfiguration(clusters.ready, 'apps', configurationBody()))).toMatchObject({
            kind: trouble,
          });
          expect(valueOf(await arm.getConfiguration(clusters.ready, 'apps'))).toBeUndefined();
        },
      );

      it('does not know what became of a write whose answer was lost', async (ctx) => {
        const { arm, clusters, failNext } = world;
        if (failNext === undefined) return ctx.skip();
        await failNext('lostAnswer');
        const fault = faultOf(await arm.putConfiguration(clusters.ready, 'apps', configurationBody()));
        expect(['unavailable', 'timedOut']).toContain(fault.kind);
        expect(valueOf(await arm.getConfiguration(clusters.ready, 'apps'))).toBeDefined();
      });
    });
  });
}
