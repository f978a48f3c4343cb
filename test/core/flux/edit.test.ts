import { describe, expect, it } from 'vitest';
import { EditConfiguration } from '../../../src/contracts/flux/change.ts';
import { diffConfiguration } from '../../../src/core/flux/diff.ts';
import { editBody, editedConfiguration, suspendBody, suspendedConfiguration } from '../../../src/core/flux/edit.ts';
import { blob, git, oci, type Raw } from '../../contracts/flux/raw.ts';
import { asServiceReturns, desiredOf, properties, VALUES } from './service.ts';

const present = asServiceReturns(
  desiredOf(
    git(
      { httpsUser: 'me' },
      {
        configurationProtectedSettings: { httpsKey: 'env:K' },
        kustomizations: {
          infra: { path: './infra', prune: true, wait: false, retryInterval: '1m' },
          apps: { path: './apps', dependsOn: ['infra'], postBuild: { substitute: { a: '1', b: '2' } } },
        },
      },
    ),
  ),
);
const editing = (kustomizations: Raw) => EditConfiguration.parse({ action: 'edit', name: 'shop', kustomizations });
const bodyOf = (kustomizations: Raw) => properties(editBody(editing(kustomizations), VALUES, present));
const after = (kustomizations: Raw) => editedConfiguration(editing(kustomizations), VALUES, present);

describe('an edit', () => {
  it('[trap.patch] sends the source unchanged and without secrets, and only what changes', () => {
    expect(bodyOf({ infra: { prune: false, path: './${cluster.name}' } })).toEqual({
      sourceKind: 'GitRepository',
      gitRepository: {
        url: 'https://git.example/org/shop',
        timeoutInSeconds: 600,
        syncIntervalInSeconds: 600,
        repositoryRef: { branch: 'main', commit: expect.any(String) as string },
        httpsUser: 'me',
      },
      kustomizations: { infra: { prune: false, path: './edge-1' } },
    });
  });

  it.each([
    ['azureBlob', blob({ servicePrincipal: { clientId: 'c', tenantId: 't', clientSecret: 'env:S' } }), /clientSecret/],
    ['azureBlob', blob({ accountKey: 'env:S' }), /accountKey/],
    ['ociRepository', oci({ tlsConfig: { caCertificate: 'env:S' } }), /redacted|tlsConfig/],
    [
      'ociRepository',
      oci({ verify: { provider: 'cosign', verificationConfig: { k: 'v' } } }),
      /redacted|verificationConfig/,
    ],
  ])('sends no secret of %s back as Azure shows it', (block, raw, secret) => {
    const there = asServiceReturns(desiredOf(raw));
    const body = properties(editBody(editing({ apps: { prune: true } }), VALUES, there));
    expect(body[block]).toMatchObject({ url: expect.any(String) as string });
    expect(JSON.stringify(body)).not.toMatch(secret);
  });

  it('[trap.wait] [kustomization.wait] resets nothing', () => {
    const edited = after({ infra: { timeout: '5m' } });
    expect(edited.ok && diffConfiguration(edited.desired, present).map(({ path }) => path)).toEqual([
      'kustomizations.infra.timeoutInSeconds',
    ]);
  });

  it('adds a kustomization with the defaults of the service', () => {
    expect(bodyOf({ extra: { dependsOn: 'apps', retryInterval: null, postBuild: null } }).kustomizations).toEqual({
      extra: {
        path: '',
        dependsOn: ['apps'],
        timeoutInSeconds: 600,
        syncIntervalInSeconds: 600,
        prune: false,
        force: false,
        wait: true,
      },
    });
  });

  it('takes kustomizations, intervals and variables away with null', () => {
    expect(bodyOf({ apps: null, nothing: null }).kustomizations).toEqual({ apps: null });
    expect(bodyOf({ infra: { retryInterval: null }, apps: { postBuild: null } }).kustomizations).toEqual({
      infra: { retryIntervalInSeconds: null },
      apps: { postBuild: null },
    });
  });

  it('[kustomization.postBuild] replaces variables as a whole', () => {
    const edit = { apps: { postBuild: { substitute: { a: '1', c: '3' } } } };
    expect(bodyOf(edit).kustomizations).toEqual({ apps: { postBuild: { substitute: { c: '3', b: null } } } });
    const edited = after(edit);
    expect(edited.ok && properties(edited.desired).kustomizations).toMatchObject({
      apps: { postBuild: { substitute: { a: '1', c: '3' } } },
    });
  });

  it('that finds everything as it wants it makes no difference', () => {
    for (const edit of [
      { infra: { prune: true } },
      { nothing: null },
      { apps: {} },
      { apps: { dependsOn: '[infra]' } },
    ]) {
      const edited = after(edit);
      expect(edited.ok && diffConfiguration(edited.desired, present)).toEqual([]);
    }
  });

  it.each([
    ['[trap.validate] a target that goes', { infra: null }, "dependsOn of kustomization apps names 'infra'"],
    ['[trap.validate] a target that is not there', { infra: { dependsOn: 'nope' } }, "infra names 'nope'"],
    ['[trap.validate] a circle', { infra: { dependsOn: ['apps'] } }, 'closes a circle: apps → infra → apps'],
    ['[trap.validate] nothing left', { infra: null, apps: null }, 'without a kustomization'],
    [
      '[trap.validate] too many',
      Object.fromEntries(Array.from({ length: 99 }, (_, n) => [`k${n}`, {}])),
      'would have 101 kustomizations',
    ],
  ])('is refused for what it would leave behind: %s', (_what, edit, problem) => {
    expect(after(edit)).toEqual({ ok: false, problem: expect.stringContaining(problem) as string });
  });
});

describe('[configuration.suspend] suspending and resuming', () => {
  it.each([true, false])('sends the source and %s', (suspend) => {
    const { gitRepository, ...rest } = properties(suspendBody(present, suspend));
    expect(rest).toEqual({ sourceKind: 'GitRepository', suspend });
    expect(gitRepository).toMatchObject({ url: 'https://git.example/org/shop' });
  });

  it('changes nothing else', () => {
    expect(diffConfiguration(suspendedConfiguration(present, true), present)).toEqual([
      { path: 'suspend', desired: true, actual: undefined },
    ]);
    expect(diffConfiguration(suspendedConfiguration(present, false), present)).toEqual([]);
  });
});
