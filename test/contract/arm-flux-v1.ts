import { describe, expect, it } from 'vitest';
import { properties, valueOf } from './arm-answers.ts';
import { CONVERGED_MS, EXTENSION_BODY, type AzureWorld } from './azure-world.ts';

/** Flux v1, which has to go before the extension can come. */
export function armFluxV1Suite(world: () => AzureWorld): void {
  describe('Flux v1', () => {
    it('is listed where it is', async () => {
      const { arm, clusters } = world();
      const listed = valueOf(await arm.listFluxV1(clusters.legacy));
      expect(listed).toHaveLength(1);
      expect(listed[0]?.resource['name']).toBe(listed[0]?.name);
      expect(valueOf(await arm.listFluxV1(clusters.ready))).toEqual([]);
    });

    it('keeps the extension from being installed until it is removed', async () => {
      const { arm, clusters, letTimePass } = world();
      valueOf(await arm.putExtension(clusters.legacy, 'flux', EXTENSION_BODY));
      letTimePass(CONVERGED_MS);
      const failed = properties(valueOf(await arm.findFluxExtension(clusters.legacy))?.resource);
      expect(failed).toMatchObject({ provisioningState: 'Failed' });
      expect(failed['errorInfo']).toMatchObject({ message: expect.stringContaining('Flux v1') as unknown });
      for (const { name } of valueOf(await arm.listFluxV1(clusters.legacy))) {
        valueOf(await arm.deleteFluxV1(clusters.legacy, name));
        letTimePass(CONVERGED_MS);
        expect(valueOf(await arm.deleteFluxV1(clusters.legacy, name))).toEqual({});
      }
      expect(valueOf(await arm.listFluxV1(clusters.legacy))).toEqual([]);
      valueOf(await arm.putExtension(clusters.legacy, 'flux', EXTENSION_BODY));
      letTimePass(CONVERGED_MS);
      const repaired = properties(valueOf(await arm.findFluxExtension(clusters.legacy))?.resource);
      expect(repaired).toMatchObject({ provisioningState: 'Succeeded', errorInfo: null });
    });
  });
}
