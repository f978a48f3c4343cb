import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ArmFault, ArmJson, ArmResult } from '../../src/ports/arm.ts';
import {
  configurationBody,
  CONVERGED_MS,
  EXTENSION_BODY,
  COMMIT,
  type AzureWorld,
  type OpenWorld,
} from './azure-world.ts';

function valueOf<T>(result: ArmResult<T>): T {
  if (!result.ok) throw new Error(`expected a value, got ${JSON.stringify(result.fault)}`);
  return result.value;
}

function faultOf(result: ArmResult<unknown>): ArmFault {
  if (result.ok) throw new Error(`expected a fault, got ${JSON.stringify(result.value)}`);
  return result.fault;
}

function properties(resource: ArmJson | undefined): Record<string, unknown> {
  return resource?.['properties'] as Record<string, unknown>;
}

/** The `Arm` port: what its docstrings promise, on any implementation. */
export function armSuite(open: OpenWorld): void {
  describe('Arm', () => {
    let world: AzureWorld;
    beforeEach(async () => {
      world = await open();
    });
    afterEach(() => world.close());

    describe('configurations', () => {
      it('that are not there are undefined', async () => {
        const { arm, clusters } = world;
        expect(valueOf(await arm.getConfiguration(clusters.ready, 'apps'))).toBeUndefined();
      });

      it('that were written are there at once, and converge on the commit', async () => {
        const { arm, clusters, letTimePass } = world;
        const accepted = valueOf(await arm.putConfiguration(clusters.ready, 'apps', configurationBody()));
        expect(accepted.operationUrl).toMatch(/^https:\/\//);
        expect(properties(accepted.resource)).toMatchObject({
          sourceKind: 'GitRepository',
          provisioningState: 'Creating',
        });
        expect(properties(valueOf(await arm.getConfiguration(clusters.ready, 'apps')))).toMatchObject({
          namespace: 'apps',
          kustomizations: { apps: { path: './apps', prune: true } },
          provisioningState: 'Creating',
        });
        letTimePass(CONVERGED_MS);
        const found = properties(valueOf(await arm.getConfiguration(clusters.ready, 'apps')));
        expect(found).toMatchObject({ provisioningState: 'Succeeded', complianceState: 'Compliant' });
        expect(found['sourceSyncedCommitId']).toContain(COMMIT);
        expect(Date.parse(String(found['statusUpdatedAt']))).not.toBeNaN();
      });

      it('are replaced by a second write, and only on that cluster', async () => {
        const { arm, clusters, letTimePass } = world;
        valueOf(await arm.putConfiguration(clusters.ready, 'apps', configurationBody('./old')));
        letTimePass(CONVERGED_MS);
        valueOf(await arm.putConfiguration(clusters.ready, 'apps', configurationBody('./new')));
        const found = properties(valueOf(await arm.getConfiguration(clusters.ready, 'apps')));
        expect(found).toMatchObject({ kustomizations: { apps: { path: './new' } } });
        expect(valueOf(await arm.getConfiguration(clusters.other, 'apps'))).toBeUndefined();
      });

      it('are found whatever the casing of the cluster id', async () => {
        const { arm, clusters } = world;
        valueOf(await arm.putConfiguration(clusters.ready.toUpperCase(), 'apps', configurationBody()));
        expect(valueOf(await arm.getConfiguration(clusters.ready.toLowerCase(), 'apps'))).toBeDefined();
      });
    });

    describe('the extension', () => {
      it('is found with its name', async () => {
        const { arm, clusters } = world;
        const found = valueOf(await arm.findFluxExtension(clusters.ready));
        expect(found?.name).toBe(found?.resource['name']);
        expect(properties(found?.resource)).toMatchObject({ provisioningState: 'Succeeded' });
      });

      it('is undefined where there is none, and there once it was written', async () => {
        const { arm, clusters, letTimePass } = world;
        expect(valueOf(await arm.findFluxExtension(clusters.bare))).toBeUndefined();
        const accepted = valueOf(await arm.putExtension(clusters.bare, 'flux', EXTENSION_BODY));
        expect(accepted.operationUrl).toMatch(/^https:\/\//);
        const begun = valueOf(await arm.findFluxExtension(clusters.bare));
        expect(begun).toMatchObject({ name: 'flux', resource: { properties: { provisioningState: 'Creating' } } });
        letTimePass(CONVERGED_MS);
        const ended = valueOf(await arm.findFluxExtension(clusters.bare));
        expect(ended).toMatchObject({ name: 'flux', resource: { properties: { provisioningState: 'Succeeded' } } });
      });

      it('is not written twice at once', async () => {
        const { arm, clusters } = world;
        valueOf(await arm.putExtension(clusters.bare, 'flux', EXTENSION_BODY));
        expect(faultOf(await arm.putExtension(clusters.bare, 'flux', EXTENSION_BODY))).toMatchObject({
          kind: 'conflict',
        });
      });
    });

    it('says of a cluster that is not there that it is not there', async () => {
      const { arm, clusters } = world;
      const { absent } = clusters;
      expect(faultOf(await arm.getConfiguration(absent, 'apps'))).toMatchObject({ kind: 'clusterNotFound' });
      expect(faultOf(await arm.putConfiguration(absent, 'apps', configurationBody()))).toMatchObject({
        kind: 'clusterNotFound',
      });
      expect(faultOf(await arm.findFluxExtension(absent))).toMatchObject({ kind: 'clusterNotFound' });
      expect(faultOf(await arm.putExtension(absent, 'flux', EXTENSION_BODY))).toMatchObject({
        kind: 'clusterNotFound',
      });
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
