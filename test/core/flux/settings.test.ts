import { describe, expect, it } from 'vitest';
import { EnsureExtension } from '../../../src/contracts/flux/extension.ts';
import { desiredExtension, diffExtension, extensionPatch } from '../../../src/core/flux/extension-body.ts';

/** Settings that the chart knows, as people write them in YAML, and the text that Helm has to get. */
const SETTINGS: [id: string, name: string, written: string | number | boolean, sent: string][] = [
  ['[setting.source-controller.enabled]', 'source-controller.enabled', true, 'true'],
  ['[setting.helm-controller.enabled]', 'helm-controller.enabled', false, 'false'],
  ['[setting.kustomize-controller.enabled]', 'kustomize-controller.enabled', true, 'true'],
  ['[setting.notification-controller.enabled]', 'notification-controller.enabled', 'false', 'false'],
  ['[setting.image-automation-controller.enabled]', 'image-automation-controller.enabled', true, 'true'],
  ['[setting.image-reflector-controller.enabled]', 'image-reflector-controller.enabled', true, 'true'],
  ['[setting.useKubeletIdentity]', 'useKubeletIdentity', true, 'true'],
  ['[setting.multiTenancy.enforce]', 'multiTenancy.enforce', false, 'false'],
  ['[setting.source-controller.resources.limits.memory]', 'source-controller.resources.limits.memory', '2Gi', '2Gi'],
  [
    '[setting.source-controller.resources.requests.memory]',
    'source-controller.resources.requests.memory',
    '64Mi',
    '64Mi',
  ],
  ['[setting.controller.resources]', 'helm-controller.resources.limits.cpu', '1000m', '1000m'],
  ['[setting.controller.resources]', 'notification-controller.resources.requests.cpu', 1, '1'],
  ['[setting.kustomize-controller.concurrent]', 'kustomize-controller.concurrent', 8, '8'],
  ['[setting.kustomize-controller.requeue-dependency]', 'kustomize-controller.requeue-dependency', '30s', '30s'],
  [
    '[setting.kustomize-controller.enable-in-memory-build]',
    'kustomize-controller.enable-in-memory-build',
    true,
    'true',
  ],
  [
    '[setting.kustomize-controller.strict-substitution-mode]',
    'kustomize-controller.strict-substitution-mode',
    true,
    'true',
  ],
  ['[setting.kustomize-controller.override-manager]', 'kustomize-controller.override-manager', 'x', 'x'],
  ['[setting.helm-controller.detectDrift]', 'helm-controller.detectDrift', true, 'true'],
  ['[setting.helm-controller.outOfMemoryWatch]', 'helm-controller.outOfMemoryWatch.enabled', true, 'true'],
  ['[setting.helm-controller.outOfMemoryWatch]', 'helm-controller.outOfMemoryWatch.memoryThreshold', 95, '95'],
  ['[setting.helm-controller.outOfMemoryWatch]', 'helm-controller.outOfMemoryWatch.interval', '500ms', '500ms'],
  ['[setting.log-level]', 'source-controller.log-level', 'debug', 'debug'],
  ['[setting.log-level]', 'fluxconfig-agent.log-level', 'error', 'error'],
  ['[setting.setKubeServiceHostFqdn]', 'setKubeServiceHostFqdn', true, 'true'],
  ['[setting.workloadIdentity]', 'workloadIdentity.enable', true, 'true'],
  ['[setting.workloadIdentity]', 'workloadIdentity.azureClientId', 'a-client', 'a-client'],
  [
    '[setting.ssh-host-key-args]',
    'source-controller.ssh-host-key-args',
    '--ssh-hostkey-algos=rsa-sha2-512,rsa-sha2-256',
    '--ssh-hostkey-algos=rsa-sha2-512,rsa-sha2-256',
  ],
];

describe('a setting of the extension', () => {
  it.each(SETTINGS)('%s %s: %j is sent as text, at creation and as a change', (_id, name, written, sent) => {
    const extension = EnsureExtension.parse({ configurationSettings: { [name]: written } });
    const properties = { configurationSettings: { [name]: sent } };
    expect(desiredExtension(extension, 'managedClusters')).toMatchObject({ properties });
    expect(extensionPatch(extension)).toEqual({ properties });
    expect(diffExtension(extension, { properties })).toEqual([]);
    const path = `configurationSettings.${name}`;
    expect(diffExtension(extension, { properties: {} })).toEqual([{ path, desired: sent, actual: undefined }]);
  });
});
