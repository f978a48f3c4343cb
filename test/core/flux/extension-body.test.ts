import { describe, expect, it } from 'vitest';
import { EnsureExtension } from '../../../src/contracts/flux/extension.ts';
import {
  desiredExtension,
  diffExtension,
  extensionPatch,
  missingProtectedSettings,
} from '../../../src/core/flux/extension-body.ts';
import { properties } from './service.ts';

const extension = (raw: Record<string, unknown> = {}) => EnsureExtension.parse(raw);

/** What the service answers for an installed extension. */
const installed = (changes: Record<string, unknown> = {}) => ({
  name: 'flux',
  identity: null,
  properties: {
    extensionType: 'microsoft.flux',
    autoUpgradeMinorVersion: true,
    releaseTrain: 'stable',
    version: null,
    currentVersion: '1.24.1',
    scope: { cluster: { releaseNamespace: 'flux-system' } },
    configurationSettings: { 'multiTenancy.enforce': 'true' },
    configurationProtectedSettings: {},
    provisioningState: 'Succeeded',
    ...changes,
  },
});

describe('the PUT of an extension', () => {
  it('[extension.autoUpgradeMinorVersion] has the defaults of the CLI', () => {
    expect(desiredExtension(extension(), 'connectedClusters')).toEqual({
      identity: { type: 'SystemAssigned' },
      properties: {
        extensionType: 'microsoft.flux',
        autoUpgradeMinorVersion: true,
        scope: { cluster: { releaseNamespace: 'flux-system' } },
      },
    });
  });

  it('[extension.identity] has no identity on AKS, and one everywhere else', () => {
    expect(desiredExtension(extension(), 'managedClusters')).not.toHaveProperty('identity');
    expect(desiredExtension(extension(), 'provisionedClusters')).toHaveProperty('identity');
  });

  it('[extension.version] [trap.version] is not upgraded where a version is named', () => {
    expect(properties(desiredExtension(extension({ version: '1.20.4' }), 'managedClusters'))).toMatchObject({
      version: '1.20.4',
      autoUpgradeMinorVersion: false,
    });
  });

  it('[extension.configurationSettings] has settings as text and secrets as empty text', () => {
    const raw = {
      releaseTrain: 'Preview',
      releaseNamespace: 'flux',
      configurationSettings: { 'helm-controller.detectDrift': true },
      configurationProtectedSettings: { 'x.token': 'env:T' },
    };
    expect(properties(desiredExtension(extension(raw), 'managedClusters'))).toEqual({
      extensionType: 'microsoft.flux',
      autoUpgradeMinorVersion: true,
      releaseTrain: 'Preview',
      scope: { cluster: { releaseNamespace: 'flux' } },
      configurationSettings: { 'helm-controller.detectDrift': 'true' },
      configurationProtectedSettings: { 'x.token': '' },
    });
  });
});

describe('the PATCH of an extension', () => {
  it.each([
    ['nothing', {}, {}],
    ['settings only', { configurationSettings: { a: 1 } }, { configurationSettings: { a: '1' } }],
    ['a version', { version: '1.20.4' }, { version: '1.20.4', autoUpgradeMinorVersion: false }],
    ['upgrades again', { autoUpgradeMinorVersion: true }, { version: null, autoUpgradeMinorVersion: true }],
    ['no more upgrades', { autoUpgradeMinorVersion: false }, { autoUpgradeMinorVersion: false }],
    ['a release train', { releaseTrain: 'Preview' }, { releaseTrain: 'Preview' }],
    ['no secrets', { configurationProtectedSettings: {} }, { configurationProtectedSettings: {} }],
  ])('[trap.extensionPatch] names only what the plan names: %s', (_what, raw, body) => {
    expect(extensionPatch(extension(raw))).toEqual({ properties: body });
  });
});

describe('the difference of an extension', () => {
  it.each([
    ['nothing is named', {}, {}],
    ['the version is the pinned one', { version: '1.20.4' }, { version: '1.20.4', autoUpgradeMinorVersion: false }],
    [
      'the version is the current one of an extension that is not upgraded',
      { version: '1.24.1' },
      { autoUpgradeMinorVersion: false },
    ],
    ['the train is written otherwise', { releaseTrain: 'STABLE' }, {}],
    ['the train is the default', { releaseTrain: 'Stable' }, { releaseTrain: null }],
    ['the setting is there among others', { configurationSettings: { 'multiTenancy.enforce': true } }, {}],
    ['secrets are named, which cannot be compared', { configurationProtectedSettings: { a: 'env:A' } }, {}],
    ['the namespace is the default', { releaseNamespace: 'flux-system' }, { scope: null }],
  ])('is none where %s', (_what, raw, changes) => {
    expect(diffExtension(extension(raw), installed(changes))).toEqual([]);
  });

  it.each([
    [
      '[extension.version] another pin',
      { version: '1.20.4' },
      { version: '1.19.0', autoUpgradeMinorVersion: false },
      ['version'],
    ],
    ['[extension.version] no pin yet', { version: '1.24.1' }, {}, ['autoUpgradeMinorVersion']],
    [
      '[extension.autoUpgradeMinorVersion] other upgrades',
      { autoUpgradeMinorVersion: false },
      {},
      ['autoUpgradeMinorVersion'],
    ],
    ['[extension.releaseTrain] another train', { releaseTrain: 'Preview' }, {}, ['releaseTrain']],
    [
      '[extension.configurationSettings] a setting absent, and one as the CLI spoils it',
      { configurationSettings: { useKubeletIdentity: 'true', 'multiTenancy.enforce': 'true' } },
      { configurationSettings: { 'multiTenancy.enforce': 'True' } },
      ['configurationSettings.useKubeletIdentity', 'configurationSettings.multiTenancy.enforce'],
    ],
    [
      '[extension.scope.cluster.releaseNamespace] another namespace',
      { releaseNamespace: 'flux' },
      {},
      ['scope.cluster.releaseNamespace'],
    ],
  ])('%s', (_what, raw, changes, paths) => {
    expect(diffExtension(extension(raw), installed(changes)).map(({ path }) => path)).toEqual(paths);
  });
});

describe('[extension.configurationProtectedSettings] [trap.extensionSecrets] protected settings that would be lost', () => {
  const there = installed({ configurationProtectedSettings: { b: '', a: '' } });
  it.each([
    ['none are named: they stay', {}, []],
    ['all are named', { configurationProtectedSettings: { a: 'env:A', b: 'env:B', c: 'env:C' } }, []],
    ['one is left out', { configurationProtectedSettings: { a: 'env:A' } }, ['b']],
    ['all are to go', { configurationProtectedSettings: {} }, ['a', 'b']],
  ])('%s', (_what, raw, missing) => {
    expect(missingProtectedSettings(extension(raw), there)).toEqual(missing);
  });
});
