import { getContinuationToken, type PolicyState } from '@azure/arm-policyinsights';
import { describe, expect, it } from 'vitest';
import { MANAGED } from '../../../../local/azure/ids.ts';
import { bench, COMMIT, configurationPath, extensionPath, policyClient } from '../support.ts';
import {
  assign,
  BASELINE,
  EXTENSION,
  GIT_PARAMETERS,
  governed,
  MINUTE_MS,
  NOT_FLUX,
  statePage,
  statesOf,
  target,
  targets,
  type StatePage,
} from './support.ts';

/** A configuration that fulfils the assignment of `governed`, and differs from what it would deploy wherever Policy is blind. */
function fulfilling(changes: Record<string, unknown> = {}, source: Record<string, unknown> = {}) {
  return {
    properties: {
      namespace: 'default',
      sourceKind: 'GitRepository',
      gitRepository: { url: GIT_PARAMETERS.repositoryUrl, repositoryRef: { branch: 'main' }, ...source },
      kustomizations: { other: { path: './elsewhere', prune: true } },
      ...changes,
    },
  };
}

describe('when states are found out', () => {
  it('a new assignment after minutes, a write 15 minutes later, reports of the agent never', async () => {
    const at = await bench({ fleet: { subscriptions: 1, extensionShare: 1 } });
    const of = target(at.azure);
    await assign(at);
    at.clock.advance(5 * MINUTE_MS);
    expect(await statesOf(at, of)).toEqual([]);
    at.clock.advance(6 * MINUTE_MS);
    expect(await statesOf(at, of)).toEqual(['NonCompliant']);
    await at.call('PUT', configurationPath(of), fulfilling());
    at.clock.advance(12 * MINUTE_MS);
    expect(await statesOf(at, of)).toEqual(['NonCompliant']);
    at.clock.advance(6 * MINUTE_MS);
    expect(await statesOf(at, of)).toEqual(['Compliant']);
    const before = (await statePage(at, of.subscriptionId)).value;
    at.clock.advance(60 * MINUTE_MS);
    expect((await statePage(at, of.subscriptionId)).value).toEqual(before);
  });

  it('a write while another one waits is not overlooked', async () => {
    const { at, of } = await governed();
    await at.call('PUT', configurationPath(of), fulfilling());
    at.clock.advance(12 * MINUTE_MS);
    await at.admin('PATCH', `/admin/clusters/${of.name}`, { agent: 'dead' });
    await at.call('DELETE', configurationPath(of));
    at.clock.advance(6 * MINUTE_MS);
    expect(await statesOf(at, of)).toEqual(['Compliant']);
    await at.admin('PATCH', `/admin/clusters/${of.name}`, { agent: 'alive' });
    at.clock.advance(12 * MINUTE_MS);
    expect(await statesOf(at, of)).toEqual(['NonCompliant']);
  });

  it('an assignment that was taken back before is never evaluated', async () => {
    const at = await bench();
    await assign(at);
    at.clock.advance(5 * MINUTE_MS);
    await at.admin('DELETE', '/admin/policies/governed');
    at.clock.advance(6 * MINUTE_MS);
    expect(await statesOf(at, target(at.azure))).toEqual([]);
  });

  it('everything once a day', async () => {
    const { at, of } = await governed();
    const when = async () => Date.parse((await statePage(at, of.subscriptionId)).value[0]!.timestamp);
    const before = await when();
    at.clock.advance(24 * 60 * MINUTE_MS);
    expect((await when()) - before).toBeGreaterThan(23 * 60 * MINUTE_MS);
  });

  it('a scan on demand: one at a time, 202 until it is done', async () => {
    const { at, of, subscription } = await governed();
    await at.call('PUT', configurationPath(of), fulfilling());
    at.clock.advance(MINUTE_MS);
    const trigger = `/subscriptions/${subscription}/providers/Microsoft.PolicyInsights/policyStates/latest/triggerEvaluation`;
    const first = await at.call('POST', `${trigger}?api-version=2019-10-01`);
    at.clock.advance(MINUTE_MS);
    const second = await at.call('POST', `${trigger}?api-version=2019-10-01`);
    const location = first.headers.get('location')!;
    expect([first.status, second.headers.get('location'), first.headers.get('retry-after')]).toEqual([
      202,
      location,
      '30',
    ]);
    const { pathname, search } = new URL(location);
    expect((await at.call('GET', pathname + search)).status).toBe(202);
    at.clock.advance(10 * MINUTE_MS);
    expect(await at.call('GET', pathname + search)).toMatchObject({ status: 200, body: { status: 'Succeeded' } });
    expect(await statesOf(at, of)).toEqual(['Compliant']);
    expect((await at.call('POST', trigger)).headers.get('location')).not.toBe(location);
  });

  it('a scan over the SDK', async () => {
    const { at, subscription } = await governed();
    const client = policyClient(at.azure, subscription);
    const poller = await client.policyStates.beginTriggerSubscriptionEvaluation(subscription, {
      updateIntervalInMs: 1,
    });
    expect(poller.isDone()).toBe(false);
    at.clock.advance(10 * MINUTE_MS);
    await poller.poll();
    expect(poller.isDone()).toBe(true);
  });
});

describe('what an existence condition sees', () => {
  async function verdict(body: unknown): Promise<string[]> {
    const { at, of } = await governed();
    const { status } = await at.call('PUT', configurationPath(of, 'any-name'), body);
    expect(status).toBe(201);
    at.clock.advance(18 * MINUTE_MS);
    return statesOf(at, of);
  }

  it.each([
    ['any name, any kustomization', fulfilling()],
    ['suspended', fulfilling({ suspend: true })],
    [
      'a commit beside the branch, which Flux prefers',
      fulfilling({}, { repositoryRef: { branch: 'main', commit: COMMIT } }),
    ],
    ['an url in other casing', fulfilling({}, { url: GIT_PARAMETERS.repositoryUrl.replace('governed', 'Governed') })],
  ])('is blind for: %s', async (_, body) => {
    expect(await verdict(body)).toEqual(['Compliant']);
  });

  it.each([
    ['namespace', fulfilling({ namespace: 'other' })],
    ['scope', fulfilling({ scope: 'namespace' })],
    ['url', fulfilling({}, { url: 'https://git.example/other.git' })],
    ['timeout', fulfilling({}, { timeoutInSeconds: 60 })],
    ['sync interval', fulfilling({}, { syncIntervalInSeconds: 60 })],
    ['reference', fulfilling({}, { repositoryRef: { branch: 'other' } })],
    ['no reference at all', fulfilling({}, { repositoryRef: {} })],
  ])('sees: %s', async (_, body) => {
    expect(await verdict(body)).toEqual(['NonCompliant']);
  });

  it('sees: provisioning that failed', async () => {
    const { at, of } = await governed();
    await at.admin('PATCH', `/admin/clusters/${of.name}`, { failure: 'BuildFailed' });
    const body = fulfilling({ waitForReconciliation: true, reconciliationWaitDuration: 'PT2M' });
    await at.call('PUT', configurationPath(of), body);
    at.clock.advance(18 * MINUTE_MS);
    expect((await at.call('GET', configurationPath(of))).body.properties.provisioningState).toBe('Failed');
    expect(await statesOf(at, of)).toEqual(['NonCompliant']);
  });

  it('of the extension: the version only without automatic upgrades', async () => {
    const { at, of } = await governed({ definition: EXTENSION, parameters: {} });
    expect(await statesOf(at, of)).toEqual(['Compliant']);
    await at.call('PATCH', extensionPath(of), { properties: { version: '1.23.0' } });
    at.clock.advance(18 * MINUTE_MS);
    expect(await statesOf(at, of)).toEqual(['NonCompliant']);
    await assign(at, { definition: EXTENSION, parameters: { autoUpgradeMinorVersion: false, version: '1.23.0' } });
    at.clock.advance(11 * MINUTE_MS);
    expect(await statesOf(at, of)).toEqual(['Compliant']);
    await assign(at, { definition: EXTENSION, parameters: { autoUpgradeMinorVersion: false, version: '1.24.1' } });
    at.clock.advance(11 * MINUTE_MS);
    expect(await statesOf(at, of)).toEqual(['NonCompliant']);
  });
});

describe('whom an assignment is about', () => {
  it('AKS and Arc; an exemption shows, an exclusion does not', async () => {
    const at = await bench({ fleet: { subscriptions: 1, hybridClusters: 3 } });
    const [exempt, excluded, expired] = targets(at.azure);
    const exemptions = [
      { name: 'a', scope: exempt!.id },
      { name: 'b', scope: expired!.id, expiresOn: '2026-01-01T00:01:00Z' },
    ];
    await assign(at, { notScopes: [excluded!.id], exemptions });
    at.clock.advance(11 * MINUTE_MS);
    expect(await statesOf(at, exempt!)).toEqual(['Exempt']);
    expect(await statesOf(at, excluded!)).toEqual([]);
    expect(await statesOf(at, expired!)).toEqual(['NonCompliant']);
    const { value } = await statePage(at, exempt!.subscriptionId);
    expect(value).toHaveLength(targets(at.azure).length - 1);
  });

  it('selectors and overrides narrow it down', async () => {
    const { at, of } = await governed();
    const selected = { kind: 'resourceLocation', in: [of.location] };
    const isElsewhere = targets(at.azure).find(({ location }) => location !== of.location)!;
    await assign(at, { resourceSelectors: [{ name: 'here', selectors: [selected] }] });
    at.clock.advance(11 * MINUTE_MS);
    expect([await statesOf(at, of), await statesOf(at, isElsewhere)]).toEqual([['NonCompliant'], []]);
    await assign(at, { overrides: [{ kind: 'policyEffect', value: 'Disabled', selectors: [selected] }] });
    at.clock.advance(11 * MINUTE_MS);
    expect([await statesOf(at, of), await statesOf(at, isElsewhere)]).toEqual([[], ['NonCompliant']]);
  });

  it('an initiative has a state per definition, and exemptions of single ones', async () => {
    const at = await bench({ fleet: { subscriptions: 1, extensionShare: 1, brokenClusters: 0, offlineClusters: 0 } });
    const of = target(at.azure);
    const exemptions = [{ name: 'a', scope: of.id, referenceIds: ['fluxBaseline'] }];
    await assign(at, { definition: BASELINE, parameters: { baselineUrl: 'https://git.example/b.git' }, exemptions });
    at.clock.advance(11 * MINUTE_MS);
    expect(await statesOf(at, of)).toEqual(['Compliant', 'Exempt']);
    await assign(at, {
      definition: BASELINE,
      parameters: { baselineUrl: 'https://git.example/b.git', effect: 'Disabled' },
    });
    at.clock.advance(11 * MINUTE_MS);
    expect(await statesOf(at, of)).toEqual([]);
  });

  it('one that is not about Flux has states all the same', async () => {
    const { at, of } = await governed({ definition: NOT_FLUX, parameters: {} });
    expect(await statesOf(at, of)).toEqual([]);
    expect(await statesOf(at, target(at.azure, MANAGED))).toEqual(['NonCompliant']);
  });
});

describe('queryResults and summarize', () => {
  it('pages of 1,000; the next one is a POST too, which the SDK does not know', async () => {
    const at = await bench({ fleet: { subscriptions: 1, clusters: 1100 } });
    const { id } = await assign(at);
    await assign(at, { name: 'other', definition: NOT_FLUX, parameters: {} });
    at.clock.advance(11 * MINUTE_MS);
    const subscription = at.azure.fleet.subscriptions[0]!.id;
    const types = ['Microsoft.Kubernetes/connectedClusters', 'Microsoft.ContainerService/managedClusters'];
    const either = types.map((type) => `resourceType eq '${type}'`).join(' or ');
    const filter = `policyAssignmentId eq '${id.toLowerCase()}' and (${either})`;
    const queryOptions = { filter, select: 'resourceId,complianceState' };
    const pages = policyClient(at.azure, subscription)
      .policyStates.listQueryResultsForSubscription('latest', subscription, { queryOptions })
      .byPage();
    const first: IteratorResult<PolicyState[], unknown> = await pages.next();
    const states = first.done === true ? [] : first.value;
    const next = new URL(getContinuationToken(states)!);
    await expect(pages.next()).rejects.toMatchObject({ statusCode: 404 });
    const second = (await at.call('POST', next.pathname + next.search)).body as unknown as StatePage;
    expect([states.length, second['@odata.count'], second['@odata.nextLink']]).toEqual([1000, 100, null]);
    expect(Object.keys(second.value[0]!)).toEqual(['resourceId', 'complianceState']);
    const found = [...states, ...second.value].map(({ resourceId }) => resourceId);
    expect(new Set(found)).toEqual(new Set(at.azure.fleet.clusters.map((each) => each.id.toLowerCase())));
    const top = await statePage(at, subscription, '&$top=7');
    expect([top.value.length, top['@odata.nextLink']]).toEqual([7, null]);
  });

  it.each([
    'colour eq 1',
    "resourceId like 'x'",
    "(resourceId eq 'x'",
    "resourceId eq 'x' resourceId",
    '#',
    'resourceId eq',
  ])('refuses the filter %s', async (filter) => {
    const { at, subscription } = await governed();
    await expect(statePage(at, subscription, `&$filter=${encodeURIComponent(filter)}`)).rejects.toThrow(/filter/);
  });

  it('ne, or and flags select as they say', async () => {
    const { at, of, subscription } = await governed();
    const count = async (filter: string) =>
      (await statePage(at, subscription, `&$filter=${encodeURIComponent(filter)}`)).value.length;
    const all = targets(at.azure).length;
    expect(await count(`resourceId ne '${of.id}'`)).toBe(all - 1);
    expect(await count(`resourceId eq '${of.id}' or isCompliant eq false`)).toBe(all);
    expect(await count("complianceState eq 'Compliant' or isCompliant eq true and resourceId eq 'x'")).toBe(0);
  });

  it('counts by assignment and definition', async () => {
    const { at, of, subscription } = await governed();
    await at.call('PUT', configurationPath(of), fulfilling());
    at.clock.advance(18 * MINUTE_MS);
    const { value } = await policyClient(at.azure, subscription).policyStates.summarizeForSubscription(
      'latest',
      subscription,
    );
    const bad = targets(at.azure).length - 1;
    expect(value?.[0]?.results).toMatchObject({ nonCompliantResources: bad, nonCompliantPolicies: 1 });
    expect(value?.[0]?.policyAssignments?.[0]?.policyDefinitions?.[0]?.results?.resourceDetails).toEqual(
      expect.arrayContaining([
        { complianceState: 'noncompliant', count: bad },
        { complianceState: 'compliant', count: 1 },
      ]),
    );
  });

  it('states of a deleted cluster go with it', async () => {
    const { at, of } = await governed();
    await at.admin('PATCH', `/admin/clusters/${of.name}`, { state: 'deleted' });
    expect(await statesOf(at, of)).toEqual([]);
  });
});
