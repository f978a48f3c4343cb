import { describe, expect, it } from 'vitest';
import { faultOf, properties, valueOf } from './arm-answers.ts';
import { COMMIT, configurationBody, CONVERGED_MS, patchBody, type AzureWorld } from './azure-world.ts';

/** Configurations: written, merged, removed. */
export function armConfigurationSuite(world: () => AzureWorld): void {
  describe('configurations', () => {
    it('that are not there are undefined', async () => {
      const { arm, clusters } = world();
      expect(valueOf(await arm.getConfiguration(clusters.ready, 'apps'))).toBeUndefined();
    });

    it('that were written are there at once, and converge on the commit', async () => {
      const { arm, clusters, letTimePass } = world();
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
      const { arm, clusters, letTimePass } = world();
      valueOf(await arm.putConfiguration(clusters.ready, 'apps', configurationBody('./old')));
      letTimePass(CONVERGED_MS);
      valueOf(await arm.putConfiguration(clusters.ready, 'apps', configurationBody('./new')));
      const found = properties(valueOf(await arm.getConfiguration(clusters.ready, 'apps')));
      expect(found).toMatchObject({ kustomizations: { apps: { path: './new' } } });
      expect(valueOf(await arm.getConfiguration(clusters.other, 'apps'))).toBeUndefined();
    });

    it('are found whatever the casing of the cluster id', async () => {
      const { arm, clusters } = world();
      valueOf(await arm.putConfiguration(clusters.ready.toUpperCase(), 'apps', configurationBody()));
      expect(valueOf(await arm.getConfiguration(clusters.ready.toLowerCase(), 'apps'))).toBeDefined();
    });

    it('are listed with their names, without the conditions of their objects', async () => {
      const { arm, clusters, letTimePass } = world();
      expect(valueOf(await arm.listConfigurations(clusters.ready))).toEqual([]);
      valueOf(await arm.putConfiguration(clusters.ready, 'apps', configurationBody()));
      letTimePass(CONVERGED_MS);
      valueOf(await arm.putConfiguration(clusters.ready, 'infra', configurationBody('./infra')));
      letTimePass(CONVERGED_MS);
      const listed = valueOf(await arm.listConfigurations(clusters.ready));
      expect(listed.map(({ name }) => name).sort()).toEqual(['apps', 'infra']);
      const infra = properties(listed.find(({ name }) => name === 'infra')?.resource);
      expect(infra).toMatchObject({ provisioningState: 'Succeeded', kustomizations: { apps: { path: './infra' } } });
      const statuses = infra['statuses'] as { name: string; statusConditions: unknown }[];
      expect(statuses.map(({ name }) => name)).toEqual(expect.arrayContaining(['infra', 'infra-apps']));
      expect(statuses.filter(({ statusConditions }) => statusConditions !== null)).toEqual([]);
    });

    it('cannot be moved to another scope or namespace', async () => {
      const { arm, clusters, letTimePass } = world();
      valueOf(await arm.putConfiguration(clusters.ready, 'apps', configurationBody()));
      letTimePass(CONVERGED_MS);
      for (const moved of [{ scope: 'namespace' }, { namespace: 'elsewhere' }]) {
        const body = { properties: { ...configurationBody().properties, ...moved } };
        const refused = { kind: 'refused', code: 'ValidationFailed' };
        expect(faultOf(await arm.putConfiguration(clusters.ready, 'apps', body))).toMatchObject(refused);
        expect(faultOf(await arm.patchConfiguration(clusters.ready, 'apps', body))).toMatchObject(refused);
      }
    });

    it('that are suspended are reported as such on what they had, and go on when they are resumed', async () => {
      const { arm, clusters, letTimePass } = world();
      valueOf(await arm.putConfiguration(clusters.ready, 'apps', configurationBody()));
      letTimePass(CONVERGED_MS);
      const before = properties(valueOf(await arm.getConfiguration(clusters.ready, 'apps')));
      valueOf(await arm.patchConfiguration(clusters.ready, 'apps', patchBody({ suspend: true })));
      letTimePass(CONVERGED_MS);
      const suspended = properties(valueOf(await arm.getConfiguration(clusters.ready, 'apps')));
      const { sourceSyncedCommitId } = before;
      expect(suspended).toMatchObject({ complianceState: 'Suspended', suspend: true, sourceSyncedCommitId });
      expect(reportedAt(suspended)).toBeGreaterThan(reportedAt(before));
      valueOf(await arm.patchConfiguration(clusters.ready, 'apps', patchBody({ suspend: false })));
      letTimePass(CONVERGED_MS);
      const resumed = properties(valueOf(await arm.getConfiguration(clusters.ready, 'apps')));
      expect(resumed).toMatchObject({ complianceState: 'Compliant', suspend: false });
      expect(reportedAt(resumed)).toBeGreaterThan(reportedAt(suspended));
    });
  });

  describe('a patch of a configuration', () => {
    it('changes what it names, takes away what is null, and leaves the rest', async () => {
      const { arm, clusters, letTimePass } = world();
      const { kustomizations, ...rest } = configurationBody().properties;
      const more = { ...(kustomizations as object), infra: { path: './infra', prune: true } };
      valueOf(await arm.putConfiguration(clusters.ready, 'apps', { properties: { ...rest, kustomizations: more } }));
      letTimePass(CONVERGED_MS);
      const edits = { apps: null, infra: { path: './infra/v2' }, added: { path: './added' } };
      const patch = patchBody({ kustomizations: edits });
      const accepted = valueOf(await arm.patchConfiguration(clusters.ready, 'apps', patch));
      expect(accepted.operationUrl).toMatch(/^https:\/\//);
      expect(properties(accepted.resource)).toMatchObject({ provisioningState: 'Updating' });
      letTimePass(CONVERGED_MS);
      const found = properties(valueOf(await arm.getConfiguration(clusters.ready, 'apps')));
      expect(found).toMatchObject({
        namespace: 'apps',
        provisioningState: 'Succeeded',
        gitRepository: { url: 'https://git.example/org/apps', repositoryRef: { branch: 'main', commit: COMMIT } },
        kustomizations: { infra: { path: './infra/v2', prune: true }, added: { path: './added' } },
      });
      expect(Object.keys(found['kustomizations'] as object).sort()).toEqual(['added', 'infra']);
    });

    it('that changes nothing begins no operation', async () => {
      const { arm, clusters, letTimePass } = world();
      valueOf(await arm.putConfiguration(clusters.ready, 'apps', configurationBody()));
      letTimePass(CONVERGED_MS);
      const answer = valueOf(await arm.patchConfiguration(clusters.ready, 'apps', patchBody({ suspend: false })));
      expect(answer.operationUrl).toBeUndefined();
      expect(properties(answer.resource)).toMatchObject({ provisioningState: 'Succeeded' });
    });

    it('is refused without the source that it belongs to, and without a kustomization left', async () => {
      const { arm, clusters, letTimePass } = world();
      valueOf(await arm.putConfiguration(clusters.ready, 'apps', configurationBody()));
      letTimePass(CONVERGED_MS);
      const kustomizations = { apps: { path: './other' } };
      const wrong = [
        { properties: { kustomizations } },
        { properties: { sourceKind: 'GitRepository', kustomizations } },
        patchBody({ kustomizations: { apps: null } }),
      ];
      for (const body of wrong) {
        const fault = faultOf(await arm.patchConfiguration(clusters.ready, 'apps', body));
        expect(fault).toMatchObject({ kind: 'refused', code: 'ValidationFailed' });
      }
      const found = properties(valueOf(await arm.getConfiguration(clusters.ready, 'apps')));
      expect(found).toMatchObject({ provisioningState: 'Succeeded', kustomizations: { apps: { path: './apps' } } });
    });

    it('of what is not there is refused', async () => {
      const { arm, clusters } = world();
      const fault = faultOf(await arm.patchConfiguration(clusters.ready, 'apps', patchBody({ suspend: true })));
      expect(fault).toMatchObject({ kind: 'refused', code: 'ResourceNotFound' });
    });
  });

  describe('the removal of a configuration', () => {
    it('is an operation, at whose end it is gone and can be made again', async () => {
      const { arm, clusters, letTimePass } = world();
      valueOf(await arm.putConfiguration(clusters.ready, 'apps', configurationBody()));
      letTimePass(CONVERGED_MS);
      expect(valueOf(await arm.deleteConfiguration(clusters.ready, 'apps', false)).operationUrl).toMatch(/^https:\/\//);
      const going = properties(valueOf(await arm.getConfiguration(clusters.ready, 'apps')));
      expect(going).toMatchObject({ provisioningState: 'Deleting' });
      const fault = faultOf(await arm.putConfiguration(clusters.ready, 'apps', configurationBody()));
      expect(fault).toMatchObject({ kind: 'conflict' });
      expect(valueOf(await arm.deleteConfiguration(clusters.ready, 'apps', false)).operationUrl).toMatch(/^https:\/\//);
      letTimePass(CONVERGED_MS);
      expect(valueOf(await arm.getConfiguration(clusters.ready, 'apps'))).toBeUndefined();
      const elsewhere = { properties: { ...configurationBody().properties, namespace: 'elsewhere' } };
      const again = valueOf(await arm.putConfiguration(clusters.ready, 'apps', elsewhere));
      expect(properties(again.resource)).toMatchObject({ provisioningState: 'Creating', namespace: 'elsewhere' });
    });

    it('that is gone is done', async () => {
      const { arm, clusters } = world();
      expect(valueOf(await arm.deleteConfiguration(clusters.ready, 'apps', false))).toEqual({});
      expect(valueOf(await arm.deleteConfiguration(clusters.ready, 'apps', true))).toEqual({});
    });

    it('waits for the agent, except by force', async () => {
      const { arm, clusters, letTimePass } = world();
      valueOf(await arm.putConfiguration(clusters.offline, 'apps', configurationBody()));
      expect(valueOf(await arm.deleteConfiguration(clusters.offline, 'apps', true))).toEqual({});
      expect(valueOf(await arm.getConfiguration(clusters.offline, 'apps'))).toBeUndefined();
      valueOf(await arm.putConfiguration(clusters.offline, 'apps', configurationBody()));
      letTimePass(CONVERGED_MS);
      const found = properties(valueOf(await arm.getConfiguration(clusters.offline, 'apps')));
      expect(found).toMatchObject({ provisioningState: 'Creating' });
    });
  });
}

function reportedAt(shown: Record<string, unknown>): number {
  return Date.parse(String(shown['statusUpdatedAt']));
}
