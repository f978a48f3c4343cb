import { describe, expect, it } from 'vitest';
import { Configuration } from '../../../src/contracts/flux/configuration.ts';
import { desiredConfiguration, desiredExtension, templatedTexts } from '../../../src/core/flux/desired.ts';
import { COMMIT, rawConfiguration } from '../clusters.ts';

describe('desiredConfiguration', () => {
  it('is the whole body of the PUT, with the service`s names and units', () => {
    const configuration = Configuration.parse(
      rawConfiguration({
        kustomizations: {
          apps: { path: './apps/${cluster.tags.ring}', retryInterval: '2m', prune: true, timeout: '5m' },
        },
      }),
    );
    expect(desiredConfiguration(configuration, { 'cluster.tags.ring': 'canary' })).toEqual({
      properties: {
        scope: 'cluster',
        namespace: 'shop',
        sourceKind: 'GitRepository',
        suspend: false,
        gitRepository: {
          url: 'https://git.example/shop',
          timeoutInSeconds: 600,
          syncIntervalInSeconds: 600,
          repositoryRef: { branch: 'main', commit: COMMIT },
        },
        kustomizations: {
          apps: {
            path: './apps/canary',
            dependsOn: [],
            timeoutInSeconds: 300,
            syncIntervalInSeconds: 600,
            retryIntervalInSeconds: 120,
            prune: true,
            force: false,
            wait: true,
          },
        },
      },
    });
  });

  it('puts the cluster`s values into every text that may carry them', () => {
    const configuration = Configuration.parse(
      rawConfiguration({
        gitRepository: { url: 'https://git.example/shop', repositoryRef: { branch: 'env/${cluster.location}' } },
        kustomizations: { a: { path: './${cluster.name}' }, b: { path: './$${literal}' } },
      }),
    );
    expect(templatedTexts(configuration)).toEqual(['env/${cluster.location}', './${cluster.name}', './$${literal}']);
    const { properties } = desiredConfiguration(configuration, { 'cluster.location': 'weu', 'cluster.name': 'c1' });
    expect(properties).toMatchObject({
      gitRepository: { repositoryRef: { branch: 'env/weu' } },
      kustomizations: { a: { path: './c1' }, b: { path: './${literal}' } },
    });
  });
});

describe('desiredExtension', () => {
  it.each(['connectedClusters', 'provisionedClusters'])('has an identity on %s', (type) => {
    expect(desiredExtension(type)).toMatchObject({
      identity: { type: 'SystemAssigned' },
      properties: { extensionType: 'microsoft.flux' },
    });
  });

  it('has none on AKS, which refuses it', () => {
    expect(desiredExtension('managedClusters')).not.toHaveProperty('identity');
  });
});
