import { describe, expect, it } from 'vitest';
import { bench, healthy, type Bench } from '../support.ts';
import { assign, BASELINE, EXTENSION, FLEET, GIT_PARAMETERS, NOT_FLUX, statePage } from './support.ts';

async function names(at: Bench, subscriptionId: string, query = ''): Promise<string[]> {
  const path = `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/policyAssignments`;
  const { body } = await at.call('GET', `${path}?api-version=2025-03-01${query}`);
  return body.value.map(({ name }) => name).sort();
}

describe('policyAssignments', () => {
  it('nothing is assigned unless somebody does', async () => {
    const at = await bench();
    expect(await names(at, at.azure.fleet.subscriptions[0]!.id)).toEqual([]);
  });

  it('LIST: inherited, own, and below; filters leave some out', async () => {
    const at = await bench();
    const of = healthy(at.azure);
    const subscription = `/subscriptions/${of.subscriptionId}`;
    const group = of.id.split('/').slice(0, 5).join('/');
    const scopes = {
      root: FLEET.replace('fleet', at.azure.fleet.tenantId),
      fleet: FLEET,
      own: subscription,
      group,
      cluster: of.id,
    };
    for (const [name, scope] of Object.entries(scopes)) await assign(at, { name, scope });
    const other = at.azure.fleet.subscriptions.find(({ id }) => id !== of.subscriptionId)!.id;
    await assign(at, { name: 'elsewhere', scope: `/subscriptions/${other}` });
    expect(await names(at, of.subscriptionId)).toEqual(['cluster', 'fleet', 'group', 'own', 'root']);
    expect(await names(at, of.subscriptionId, '&$filter=atScope()')).toEqual(['fleet', 'own', 'root']);
    expect(await names(at, of.subscriptionId, '&$filter=atExactScope()')).toEqual(['own']);
    await assign(at, { name: 'other', scope: subscription, definition: NOT_FLUX, parameters: {} });
    const id = `/providers/Microsoft.Authorization/policyDefinitions/${NOT_FLUX}`;
    expect(await names(at, of.subscriptionId, `&$filter=policyDefinitionId eq '${id}'`)).toEqual(['other']);
    const bad = await at.call(
      'GET',
      `${subscription}/providers/Microsoft.Authorization/policyAssignments?$filter=here()`,
    );
    expect([bad.status, bad.body.error.code]).toEqual([400, 'InvalidFilterInQueryString']);
  });

  it('LIST comes in pages of 500, which keep the filter', async () => {
    const at = await bench();
    const of = healthy(at.azure);
    for (let index = 0; index < 501; index++) await assign(at, { name: `a${index}` });
    await assign(at, { name: 'below', scope: of.id });
    const first = `/subscriptions/${of.subscriptionId}/providers/Microsoft.Authorization/policyAssignments?$filter=atScope()`;
    const page = (await at.call('GET', first)).body;
    const next = new URL(page.nextLink!);
    const last = (await at.call('GET', `${next.pathname}${next.search}`)).body;
    expect([page.value.length, last.value.length, last.nextLink]).toEqual([500, 1, null]);
  });

  it('asking for states is no write in the journal, starting a scan is one', async () => {
    const at = await bench();
    const { id } = at.azure.fleet.subscriptions[0]!;
    await statePage(at, id);
    const states = `/subscriptions/${id}/providers/Microsoft.PolicyInsights/policyStates/latest`;
    await at.call('POST', `${states}/triggerEvaluation`);
    const { writes } = (await at.admin('GET', '/admin/journal')).body;
    expect(writes.map(({ url }) => url.split('?')[0])).toEqual([`${states}/triggerEvaluation`]);
  });

  it('GET: everything that was assigned, with the identity that deploys', async () => {
    const at = await bench();
    const changes = {
      enforcementMode: 'DoNotEnforce',
      notScopes: [healthy(at.azure).id],
      resourceSelectors: [{ name: 'west', selectors: [{ kind: 'resourceLocation', in: ['westeurope'] }] }],
      overrides: [{ kind: 'policyEffect', value: 'Disabled', selectors: [{ kind: 'resourceLocation', in: ['x'] }] }],
    };
    const { id, principalId } = await assign(at, changes);
    const { body } = await at.call('GET', id.toLowerCase());
    expect(body).toMatchObject({ id, identity: { type: 'SystemAssigned', principalId } });
    const parameters = Object.fromEntries(Object.entries(GIT_PARAMETERS).map(([key, value]) => [key, { value }]));
    expect(body.properties).toMatchObject({ scope: FLEET, parameters, ...changes });
    const audit = await assign(at, { name: 'audit', definition: NOT_FLUX, parameters: {} });
    expect((await at.call('GET', audit.id)).body.identity).toBeUndefined();
    expect((await at.call('GET', `${id}x`)).body.error.code).toBe('PolicyAssignmentNotFound');
  });

  it('deleting one takes its exemptions along', async () => {
    const at = await bench();
    const of = healthy(at.azure);
    const exemptions = [
      { name: 'all', scope: of.id },
      {
        name: 'some',
        scope: of.id,
        referenceIds: ['fluxBaseline'],
        category: 'Mitigated',
        expiresOn: '2026-02-01T00:00:00Z',
      },
    ];
    const parameters = { baselineUrl: 'https://git.example/b.git' };
    const { id } = await assign(at, { definition: BASELINE, parameters, exemptions });
    const path = `/subscriptions/${of.subscriptionId}/providers/Microsoft.Authorization/policyExemptions`;
    const { value } = (await at.call('GET', path)).body;
    expect(value.map(({ properties }) => properties)).toMatchObject([
      { policyAssignmentId: id, exemptionCategory: 'Waiver' },
      { policyDefinitionReferenceIds: ['fluxBaseline'], expiresOn: '2026-02-01T00:00:00.000Z' },
    ]);
    await at.admin('DELETE', '/admin/policies/governed');
    expect((await at.call('GET', path)).body.value).toEqual([]);
    expect(await names(at, of.subscriptionId)).toEqual([]);
  });

  it.each([
    [{ definition: 'nothing' }, 'There is no built-in definition or initiative'],
    [{ scope: '/subscriptions/nowhere' }, 'There is no scope'],
    [{ scope: FLEET.replace('fleet', 'else') }, 'There is no scope'],
    [{ parameters: {} }, "The parameter 'configurationName' is missing"],
    [{ parameters: { ...GIT_PARAMETERS, colour: 'red' } }, "no parameter 'colour'"],
    [{ parameters: { ...GIT_PARAMETERS, repositoryTimeout: 'long' } }, "'repositoryTimeout' does not fit"],
    [{ parameters: { ...GIT_PARAMETERS, configurationScope: 'world' } }, "'configurationScope' does not fit"],
    [{ definition: EXTENSION, parameters: { version: 1 } }, "'version' does not fit"],
  ])('refuses %j', async (changes, message) => {
    await expect(assign(await bench(), changes)).rejects.toThrow(message);
  });
});
