import { describe, expect, it } from 'vitest';
import { EnsureExtension } from '../../../src/contracts/flux/extension.ts';

function problemsOf(raw: unknown): string[] {
  const issues = EnsureExtension.safeParse(raw).error?.issues ?? [];
  return issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('an extension', () => {
  it('[extension.configurationSettings] holds texts: booleans and numbers become what Helm reads', () => {
    const configurationSettings = {
      'image-automation-controller.enabled': true,
      'kustomize-controller.concurrent': 5,
      'source-controller.ssh-host-key-args': '--ssh-hostkey-algos=rsa-sha2-512,rsa-sha2-256',
      'multiTenancy.enforce': 'false',
    };
    expect(EnsureExtension.parse({ configurationSettings }).configurationSettings).toEqual({
      ...configurationSettings,
      'image-automation-controller.enabled': 'true',
      'kustomize-controller.concurrent': '5',
    });
  });

  it('is the same when it is read again', () => {
    const once = EnsureExtension.parse({ version: '1.24.1', configurationSettings: { a: 1 } });
    expect(EnsureExtension.parse(once)).toEqual(once);
  });

  it.each([
    [
      '[extension.autoUpgradeMinorVersion] [trap.version] upgrades beside a version',
      { version: '1.24.1', autoUpgradeMinorVersion: true },
      'autoUpgradeMinorVersion: cannot be true beside version',
    ],
    ['[extension.version] half a version', { version: '1.24' }, 'version: must be a full version'],
    ['[extension.scope] a namespace', { scope: 'namespace' }, 'scope: must be cluster'],
    [
      '[extension.configurationProtectedSettings] a secret in the open',
      { configurationProtectedSettings: { token: 'hunter2' } },
      'configurationProtectedSettings.token: must be a reference',
    ],
    ['[extension.configurationSettings] a setting of many values', { configurationSettings: { a: { b: 1 } } }, ''],
    ['[extension.configurationSettings] a name that is none', { configurationSettings: { 'a..b': 1 } }, ''],
    ['[extension.scope.cluster.releaseNamespace] no namespace', { releaseNamespace: 'A' }, 'releaseNamespace: '],
  ])('is refused: %s', (_what, raw, why) => {
    expect(problemsOf(raw)).toEqual([expect.stringContaining(why)]);
    expect(problemsOf(raw).join()).not.toContain('hunter2');
  });

  it('tells a wrong field and a disagreement at once', () => {
    expect(problemsOf({ version: 'x', autoUpgradeMinorVersion: true })).toHaveLength(2);
  });
});
