import { describe, expect, it } from 'vitest';
import { properties, valueOf } from './arm-answers.ts';
import { configurationBody, CONVERGED_MS, patchBody, type AzureWorld } from './azure-world.ts';

const SECRET = 'c2VjcmV0LXZhbHVl';
const DIGEST = `sha256:${'ab'.repeat(32)}`;

interface Source {
  readonly name: string;
  /** The block of the source, as written and, without secrets, as shown. */
  readonly sent: Readonly<Record<string, unknown>>;
  readonly shown: Readonly<Record<string, unknown>>;
  /** Kind of the Flux object that fetches it, and the revision that it comes to. */
  readonly object: string;
  readonly revision: RegExp;
}

const SOURCES: readonly Source[] = [
  {
    name: 'a Git repository over SSH',
    sent: {
      sourceKind: 'GitRepository',
      gitRepository: { url: 'ssh://git@git.example/org/apps', repositoryRef: { branch: 'main' } },
      configurationProtectedSettings: { sshPrivateKey: SECRET },
    },
    shown: { configurationProtectedSettings: { sshPrivateKey: '' }, repositoryPublicKey: '' },
    object: 'GitRepository',
    revision: /^main@sha1:[0-9a-f]{40}$/,
  },
  {
    name: 'a bucket',
    sent: {
      sourceKind: 'Bucket',
      bucket: { url: 'https://minio.example', bucketName: 'flux', insecure: false, accessKey: 'AKIA' },
      configurationProtectedSettings: { bucketSecretKey: SECRET },
    },
    shown: {
      bucket: { bucketName: 'flux', insecure: false, accessKey: 'AKIA' },
      configurationProtectedSettings: { bucketSecretKey: '' },
    },
    object: 'Bucket',
    revision: /^sha256:[0-9a-f]{64}$/,
  },
  {
    name: 'a blob container with a key',
    sent: {
      sourceKind: 'AzureBlob',
      azureBlob: { url: 'https://acct.blob.core.windows.net', containerName: 'c', accountKey: SECRET },
    },
    shown: { azureBlob: { containerName: 'c', accountKey: '' }, configurationProtectedSettings: {} },
    object: 'Bucket',
    revision: /^sha256:[0-9a-f]{64}$/,
  },
  {
    name: 'a blob container with a service principal',
    sent: {
      sourceKind: 'AzureBlob',
      azureBlob: {
        url: 'https://acct.blob.core.windows.net',
        containerName: 'c',
        servicePrincipal: { clientId: 'id', tenantId: 'tenant', clientSecret: SECRET },
      },
    },
    shown: { azureBlob: { servicePrincipal: { clientId: 'id', tenantId: 'tenant', clientSecret: '' } } },
    object: 'Bucket',
    revision: /^sha256:[0-9a-f]{64}$/,
  },
  {
    name: 'an OCI artifact with TLS material',
    sent: {
      sourceKind: 'OCIRepository',
      ociRepository: {
        url: 'oci://registry.example/manifests',
        repositoryRef: { digest: DIGEST },
        tlsConfig: { privateKey: SECRET },
      },
    },
    shown: { ociRepository: { repositoryRef: { digest: DIGEST }, tlsConfig: { privateKey: '<redacted>' } } },
    object: 'OCIRepository',
    revision: new RegExp(`^${DIGEST}$`),
  },
  {
    name: 'an OCI artifact that is followed by tag',
    sent: {
      sourceKind: 'OCIRepository',
      ociRepository: { url: 'oci://registry.example/manifests', repositoryRef: { tag: 'stable' } },
    },
    shown: { ociRepository: { repositoryRef: { tag: 'stable' } } },
    object: 'OCIRepository',
    revision: /^stable@sha256:[0-9a-f]{64}$/,
  },
];

/** Sources of every kind, and the secrets that belong to them. */
export function armSourceSuite(world: () => AzureWorld): void {
  describe('a source that is', () => {
    it.for(SOURCES)('$name is synced, and shown without its secrets', async (source) => {
      const { arm, clusters, letTimePass } = world();
      const kustomizations = { apps: { path: './apps', prune: true } };
      const body = { properties: { scope: 'cluster', namespace: 'apps', ...source.sent, kustomizations } };
      const accepted = valueOf(await arm.putConfiguration(clusters.ready, 'apps', body));
      expect(JSON.stringify(accepted.resource)).not.toContain(SECRET);
      letTimePass(CONVERGED_MS);
      const resource = valueOf(await arm.getConfiguration(clusters.ready, 'apps'));
      expect(JSON.stringify(resource)).not.toContain(SECRET);
      const found = properties(resource);
      expect(found).toMatchObject({ ...source.shown, provisioningState: 'Succeeded', complianceState: 'Compliant' });
      expect(found['sourceSyncedCommitId']).toMatch(source.revision);
      expect(found['statuses']).toContainEqual(expect.objectContaining({ kind: source.object, name: 'apps' }));
      expect(JSON.stringify(valueOf(await arm.listConfigurations(clusters.ready)))).not.toContain(SECRET);
    });

    it('a Git repository over SSH without a key is given one, of which the public half is shown', async () => {
      const { arm, clusters, letTimePass } = world();
      const gitRepository = { url: 'git@git.example:org/apps', repositoryRef: { branch: 'main' } };
      const body = { properties: { ...configurationBody().properties, gitRepository } };
      valueOf(await arm.putConfiguration(clusters.ready, 'apps', body));
      letTimePass(CONVERGED_MS);
      const found = properties(valueOf(await arm.getConfiguration(clusters.ready, 'apps')));
      expect(found['repositoryPublicKey']).toMatch(/^ssh-rsa \S+/);
    });
  });

  describe('protected settings', () => {
    const protectedNames = async (): Promise<string[]> => {
      const { arm, clusters } = world();
      const found = properties(valueOf(await arm.getConfiguration(clusters.ready, 'apps')));
      return Object.keys(found['configurationProtectedSettings'] as object);
    };
    const withSecrets = (configurationProtectedSettings: object): { properties: Record<string, unknown> } => {
      return { properties: { ...configurationBody().properties, configurationProtectedSettings } };
    };

    it('stay over a patch that does not name them, and are replaced as a whole by one that does', async () => {
      const { arm, clusters, letTimePass } = world();
      valueOf(await arm.putConfiguration(clusters.ready, 'apps', withSecrets({ httpsKey: SECRET })));
      letTimePass(CONVERGED_MS);
      valueOf(await arm.patchConfiguration(clusters.ready, 'apps', patchBody({ suspend: true })));
      letTimePass(CONVERGED_MS);
      expect(await protectedNames()).toEqual(['httpsKey']);
      const other = patchBody({ configurationProtectedSettings: { sshPrivateKey: SECRET } });
      valueOf(await arm.patchConfiguration(clusters.ready, 'apps', other));
      letTimePass(CONVERGED_MS);
      expect(await protectedNames()).toEqual(['sshPrivateKey']);
      valueOf(await arm.patchConfiguration(clusters.ready, 'apps', patchBody({ configurationProtectedSettings: {} })));
      letTimePass(CONVERGED_MS);
      expect(await protectedNames()).toEqual([]);
    });

    it('are a change even when they are the same, since nobody can compare them', async () => {
      const { arm, clusters, letTimePass } = world();
      valueOf(await arm.putConfiguration(clusters.ready, 'apps', withSecrets({ httpsKey: SECRET })));
      letTimePass(CONVERGED_MS);
      const same = patchBody({ configurationProtectedSettings: { httpsKey: SECRET } });
      expect(valueOf(await arm.patchConfiguration(clusters.ready, 'apps', same)).operationUrl).toBeDefined();
    });

    it('are lost by a write that replaces all and does not name them', async () => {
      const { arm, clusters, letTimePass } = world();
      valueOf(await arm.putConfiguration(clusters.ready, 'apps', withSecrets({ httpsKey: SECRET })));
      letTimePass(CONVERGED_MS);
      expect(await protectedNames()).toEqual(['httpsKey']);
      valueOf(await arm.putConfiguration(clusters.ready, 'apps', configurationBody()));
      expect(await protectedNames()).toEqual([]);
    });
  });
}
