import { describe, expect, it } from 'vitest';
import { bench, configurationPath, extensionPath, gitBody, graphClient, healthy, textLike } from '../support.ts';

const ALICE = 'alice@fleet.example';
const SETTLE_MS = 3 * 60_000;

/** A cluster with a configuration that has settled. */
async function settled() {
  const at = await bench({ lagMs: 0 });
  const of = healthy(at.azure);
  await at.call('PUT', configurationPath(of), gitBody());
  at.clock.advance(SETTLE_MS);
  const edit = async (changes: Record<string, unknown>) =>
    at.admin('POST', '/admin/edits', { cluster: of.name, configuration: 'cluster-config', by: ALICE, ...changes });
  const read = async () => (await at.call('GET', configurationPath(of))).body;
  return { at, of, edit, read };
}

describe('/admin/edits', () => {
  it('patches, and systemData says who did', async () => {
    const { at, edit, read } = await settled();
    expect((await edit({ patch: { suspend: true } })).body).toMatchObject({ status: 202 });
    at.clock.advance(SETTLE_MS);
    const { systemData, properties } = await read();
    expect(properties.complianceState).toBe('Suspended');
    expect(systemData).toMatchObject({ lastModifiedBy: ALICE, lastModifiedByType: 'User' });
    expect(systemData['createdBy']).not.toBe(ALICE);
  });

  it('patches a kustomization without the ceremony that ARM asks for', async () => {
    const { edit, read } = await settled();
    await edit({ patch: { kustomizations: { apps: { path: './sneaky' }, infra: null } }, by: 'c0ffee00-app' });
    const { systemData, properties } = await read();
    expect(Object.keys(properties.kustomizations)).toEqual(['apps']);
    expect(properties.kustomizations['apps']).toMatchObject({ path: './sneaky', dependsOn: ['infra'] });
    expect(properties.gitRepository).toMatchObject({ url: 'https://git.example/platform.git' });
    expect(systemData['lastModifiedByType']).toBe('Application');
  });

  it('creates and deletes', async () => {
    const { at, of, edit, read } = await settled();
    await edit({ configuration: 'unmanaged', create: gitBody().properties });
    expect((await at.call('GET', configurationPath(of, 'unmanaged'))).body.systemData['createdBy']).toBe(ALICE);
    await edit({ delete: true });
    at.clock.advance(SETTLE_MS);
    expect((await read()).error.code).toBe('ResourceNotFound');
  });

  it('changes the extension', async () => {
    const { at, of, edit } = await settled();
    await edit({
      configuration: undefined,
      extension: 'flux',
      patch: { configurationSettings: { multiTenancy: 'off' } },
    });
    const { body } = await at.call('GET', extensionPath(of));
    expect(body.properties).toMatchObject({ configurationSettings: { multiTenancy: 'off' } });
    expect(body.systemData['lastModifiedBy']).toBe(ALICE);
  });

  it('Resource Graph shows who it was, and the journal of requests does not', async () => {
    const { at, of, edit } = await settled();
    const before = (await at.admin('GET', '/admin/journal')).body.writes.length;
    await edit({ patch: { suspend: true } });
    await edit({ configuration: undefined, extension: 'flux', delete: true });
    const query = `kubernetesconfigurationresources
      | where type in~ ('microsoft.kubernetesconfiguration/fluxconfigurations', 'microsoft.kubernetesconfiguration/extensions')
      | where tolower(id) contains '/${of.name}/'
      | project id, name, by=tostring(systemData.lastModifiedBy), at=todatetime(systemData.lastModifiedAt)
      | order by name asc`;
    const answer = await graphClient(at.azure).resources({ query });
    const [configuration, extension] = answer.data as { name: string; by: string; at: string }[];
    expect(configuration).toMatchObject({ name: 'cluster-config', by: ALICE });
    expect(Date.parse(configuration!.at)).toBe(at.clock.now());
    expect(extension).toMatchObject({ name: 'flux', by: textLike(/^[0-9a-f]{8}$/) });
    expect((await at.admin('GET', '/admin/journal')).body.writes).toHaveLength(before);
  });

  it.each([
    [{ cluster: 'nowhere', patch: {} }, 404, 'ResourceNotFound'],
    [{}, 400, 'InvalidAdminRequest'],
    [{ patch: {}, delete: true }, 400, 'InvalidAdminRequest'],
    [{ extension: 'flux', patch: {} }, 400, 'InvalidAdminRequest'],
    [{ by: '', patch: {} }, 400, 'InvalidAdminRequest'],
    [{ configuration: 'unknown', patch: { suspend: true } }, 404, 'ResourceNotFound'],
    [{ patch: { namespace: 'other' } }, 400, 'ValidationFailed'],
  ])('refuses %j', async (changes, status, code) => {
    const { edit } = await settled();
    const answer = await edit(changes);
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
  });
});

describe('a Flux agent that is dead', () => {
  it('stands still while the cluster is connected, and catches up', async () => {
    const { at, of, read } = await settled();
    const kill = async (agent: string) => at.admin('PATCH', `/admin/clusters/${of.name}`, { agent });
    expect((await kill('dead')).body).toMatchObject({ agent: 'dead', state: 'online' });
    const { statusUpdatedAt } = (await read()).properties;
    await at.call('PATCH', configurationPath(of), { properties: { suspend: true } });
    at.clock.advance(60 * 60_000);
    expect((await read()).properties).toMatchObject({
      statusUpdatedAt,
      provisioningState: 'Updating',
      complianceState: 'Compliant',
    });
    await kill('alive');
    at.clock.advance(SETTLE_MS);
    const { properties } = await read();
    expect(properties).toMatchObject({ provisioningState: 'Succeeded', complianceState: 'Suspended' });
    expect(Date.parse(properties.statusUpdatedAt)).toBeGreaterThan(Date.parse(statusUpdatedAt));
  });

  it('cleans up nothing: a deletion waits for it', async () => {
    const { at, of, read } = await settled();
    await at.admin('PATCH', `/admin/clusters/${of.name}`, { agent: 'dead' });
    await at.call('DELETE', configurationPath(of));
    at.clock.advance(SETTLE_MS);
    expect((await read()).properties.provisioningState).toBe('Deleting');
    await at.admin('PATCH', `/admin/clusters/${of.name}`, { agent: 'alive' });
    at.clock.advance(SETTLE_MS);
    expect((await read()).error.code).toBe('ResourceNotFound');
  });
});

describe('PUT /admin/clusters', () => {
  it('makes a cluster like another one, which ARM and Resource Graph know', async () => {
    const { at, of } = await settled();
    expect((await at.admin('PUT', '/admin/clusters/newcomer', { like: of.name })).status).toBe(200);
    const { id, tags } = at.azure.fleet.findByName('newcomer')!;
    expect((await at.call('GET', id)).body).toMatchObject({ name: 'newcomer', tags: of.tags });
    const answer = await graphClient(at.azure).resources({
      query: "resources | where name == 'newcomer' | project id, tags",
    });
    expect(answer.data).toEqual([{ id, tags }]);
    await at.call('PUT', configurationPath({ id }), gitBody());
    at.clock.advance(SETTLE_MS * 2);
    expect((await at.call('GET', configurationPath({ id }))).body.properties.complianceState).toBe('Compliant');
  });

  it.each([
    ['newcomer', 'nowhere', 404],
    ['a b', undefined, 400],
    [undefined, undefined, 400],
  ])('refuses %s like %s', async (name, like, status) => {
    const { at, of } = await settled();
    const path = `/admin/clusters/${encodeURIComponent(name ?? of.name)}`;
    expect((await at.admin('PUT', path, { like: like ?? of.name })).status).toBe(status);
  });
});
