import { describe, expect, it } from 'vitest';
import { faultOf, properties, valueOf } from './arm-answers.ts';
import { CONVERGED_MS, EXTENSION_BODY, type AzureWorld } from './azure-world.ts';

const SECRET = 'secret-value';

/** The `microsoft.flux` extension: installed, changed, removed. */
export function armExtensionSuite(world: () => AzureWorld): void {
  describe('the extension', () => {
    it('is found with its name', async () => {
      const { arm, clusters } = world();
      const found = valueOf(await arm.findFluxExtension(clusters.ready));
      expect(found?.name).toBe(found?.resource['name']);
      expect(properties(found?.resource)).toMatchObject({ provisioningState: 'Succeeded' });
    });

    it('is undefined where there is none, and there once it was written', async () => {
      const { arm, clusters, letTimePass } = world();
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
      const { arm, clusters } = world();
      valueOf(await arm.putExtension(clusters.bare, 'flux', EXTENSION_BODY));
      expect(faultOf(await arm.putExtension(clusters.bare, 'flux', EXTENSION_BODY))).toMatchObject({
        kind: 'conflict',
      });
    });

    it('is written with version and settings, and never shows the protected ones', async () => {
      const { arm, clusters, letTimePass } = world();
      const body = withSettings({ version: '1.23.0', autoUpgradeMinorVersion: false }, { 'proxy.password': SECRET });
      const accepted = valueOf(await arm.putExtension(clusters.bare, 'flux', body));
      letTimePass(CONVERGED_MS);
      const found = valueOf(await arm.findFluxExtension(clusters.bare));
      expect(JSON.stringify([accepted, found])).not.toContain(SECRET);
      expect(properties(found?.resource)).toMatchObject({
        extensionType: 'microsoft.flux',
        version: '1.23.0',
        currentVersion: '1.23.0',
        autoUpgradeMinorVersion: false,
        releaseTrain: 'Stable',
        configurationSettings: { 'multiTenancy.enforce': 'false' },
        configurationProtectedSettings: { 'proxy.password': '' },
      });
    });

    it('is refused a version beside upgrades, which contradict each other', async () => {
      const { arm, clusters } = world();
      const body = { properties: { ...EXTENSION_BODY.properties, version: '1.23.0', autoUpgradeMinorVersion: true } };
      const refused = { kind: 'refused', code: 'ValidationFailed' };
      expect(faultOf(await arm.putExtension(clusters.bare, 'flux', body))).toMatchObject(refused);
      expect(valueOf(await arm.findFluxExtension(clusters.bare))).toBeUndefined();
    });

    it('is patched: plain settings are merged, protected ones replaced as a whole', async () => {
      const { arm, clusters, letTimePass } = world();
      valueOf(await arm.putExtension(clusters.bare, 'flux', withSettings({}, { one: SECRET, two: SECRET })));
      letTimePass(CONVERGED_MS);
      const patch = {
        properties: {
          configurationSettings: { 'source-controller.enabled': 'true' },
          configurationProtectedSettings: { two: SECRET },
        },
      };
      const accepted = valueOf(await arm.patchExtension(clusters.bare, 'flux', patch));
      expect(accepted.operationUrl).toMatch(/^https:\/\//);
      expect(properties(accepted.resource)).toMatchObject({ provisioningState: 'Updating' });
      letTimePass(CONVERGED_MS);
      const found = properties(valueOf(await arm.findFluxExtension(clusters.bare))?.resource);
      expect(found).toMatchObject({
        provisioningState: 'Succeeded',
        configurationSettings: { 'multiTenancy.enforce': 'false', 'source-controller.enabled': 'true' },
      });
      expect(found['configurationProtectedSettings']).toEqual({ two: '' });
    });

    it('keeps its protected settings over a patch that does not name them', async () => {
      const { arm, clusters, letTimePass } = world();
      valueOf(await arm.putExtension(clusters.bare, 'flux', withSettings({}, { one: SECRET })));
      letTimePass(CONVERGED_MS);
      const plain = { properties: { configurationSettings: { 'source-controller.enabled': 'true' } } };
      valueOf(await arm.patchExtension(clusters.bare, 'flux', plain));
      const found = properties(valueOf(await arm.findFluxExtension(clusters.bare))?.resource);
      expect(found['configurationProtectedSettings']).toEqual({ one: '' });
      letTimePass(CONVERGED_MS);
      const again = valueOf(await arm.patchExtension(clusters.bare, 'flux', plain));
      expect(again.operationUrl).toBeUndefined();
    });

    it('cannot be patched where there is none', async () => {
      const { arm, clusters } = world();
      const fault = faultOf(await arm.patchExtension(clusters.bare, 'flux', EXTENSION_BODY));
      expect(fault).toMatchObject({ kind: 'refused', code: 'ResourceNotFound' });
    });

    it('is removed in an operation', async () => {
      const { arm, clusters, letTimePass } = world();
      const { name } = valueOf(await arm.findFluxExtension(clusters.ready))!;
      expect(valueOf(await arm.deleteExtension(clusters.ready, name, false)).operationUrl).toMatch(/^https:\/\//);
      const going = valueOf(await arm.findFluxExtension(clusters.ready));
      expect(properties(going?.resource)).toMatchObject({ provisioningState: 'Deleting' });
      letTimePass(CONVERGED_MS);
      expect(valueOf(await arm.findFluxExtension(clusters.ready))).toBeUndefined();
      expect(valueOf(await arm.deleteExtension(clusters.ready, name, false))).toEqual({});
    });

    it('is removed at once by force, whatever is under way', async () => {
      const { arm, clusters, letTimePass } = world();
      valueOf(await arm.putExtension(clusters.bare, 'flux', EXTENSION_BODY));
      expect(valueOf(await arm.deleteExtension(clusters.bare, 'flux', true))).toEqual({});
      expect(valueOf(await arm.findFluxExtension(clusters.bare))).toBeUndefined();
      valueOf(await arm.putExtension(clusters.bare, 'flux', EXTENSION_BODY));
      letTimePass(CONVERGED_MS);
      const found = valueOf(await arm.findFluxExtension(clusters.bare));
      expect(properties(found?.resource)).toMatchObject({ provisioningState: 'Succeeded' });
    });
  });
}

function withSettings(more: object, configurationProtectedSettings: object): { properties: Record<string, unknown> } {
  const configurationSettings = { 'multiTenancy.enforce': 'false' };
  const { properties: plain } = EXTENSION_BODY;
  return { properties: { ...plain, ...more, configurationSettings, configurationProtectedSettings } };
}
