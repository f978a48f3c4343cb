import { describe, expect, it, test } from 'vitest';
import { ASSIGNMENT, CLUSTER, nextPage, setUp, SUB } from './set-up.ts';

const DEFINITION = '/providers/Microsoft.Authorization/policyDefinitions/d1';
const raw = (changes: object = {}, outside: object = {}) => ({
  id: ASSIGNMENT,
  name: 'a1',
  properties: { policyDefinitionId: DEFINITION, ...changes },
  ...outside,
});
const BARE = {
  id: ASSIGNMENT,
  scope: `/subscriptions/${SUB}`,
  displayName: 'a1',
  definitionId: DEFINITION,
  notScopes: [],
  enforcementMode: 'Default',
  parameters: {},
  resourceSelectors: [],
  overrides: [],
  principalId: undefined,
};

describe('a list of assignments', () => {
  it('is read without a filter, to its last page, on its own host', async () => {
    const { policy, asked } = await setUp((request) =>
      request.url.includes('page=2')
        ? { status: 200, body: { value: [raw()] } }
        : { status: 200, body: { value: [raw()], nextLink: nextPage(request) } },
    );
    expect(await policy.assignments(SUB)).toEqual({ ok: true, value: [BARE, BARE] });
    const url = `GET /subscriptions/${SUB}/providers/Microsoft.Authorization/policyAssignments?api-version=2024-05-01`;
    expect(asked()).toEqual([url, `${url}&page=2`]);
  });

  test.each([
    ['another host', { value: [], nextLink: 'https://evil.example/x' }, 'ForeignNextLink', 1],
    ['an assignment of nothing', { value: [raw(), { id: 'x', name: 'x', properties: {} }] }, 'UnreadableAnswer', 1],
    ['no list', { items: [] }, 'UnreadableAnswer', 1],
  ])('that continues with %s is no list', async (_case, body, code, requests) => {
    const { policy, fixture } = await setUp(() => ({ status: 200, body }));
    expect(await policy.assignments(SUB)).toMatchObject({ ok: false, fault: { kind: 'unavailable', code } });
    expect(fixture.requests).toHaveLength(requests);
  });

  it('ends, even if it never does', async () => {
    const { policy, fixture } = await setUp((request) => ({
      status: 200,
      body: { value: [], nextLink: `https://${request.headers.host ?? ''}${request.url}` },
    }));
    expect(await policy.assignments(SUB)).toMatchObject({ ok: false, fault: { code: 'TooManyPages' } });
    expect(fixture.requests).toHaveLength(20);
  });

  test.each([
    ['its own identity', { principalId: 'p1', tenantId: 't' }, { principalId: 'p1' }],
    [
      'an identity of a user',
      { type: 'UserAssigned', userAssignedIdentities: { '/id': { principalId: 'p2', clientId: 'c2' } } },
      { principalId: 'p2', clientId: 'c2' },
    ],
    ['none', { type: 'None' }, { principalId: undefined }],
  ])('tells who deploys: %s', async (_case, identity, expected) => {
    const { policy } = await setUp(() => ({ status: 200, body: { value: [raw({}, { identity })] } }));
    expect(await policy.assignments(SUB)).toEqual({ ok: true, value: [{ ...BARE, ...expected }] });
  });

  it('keeps what it does not know of selectors and parameters', async () => {
    const resourceSelectors = [
      { name: 's', selectors: [{ kind: 'resourceColour', in: ['red'], weight: 7 }], future: true },
    ];
    const parameters = { list: { value: ['a', { b: 1 }] }, empty: { value: '' }, none: { value: null } };
    const { policy } = await setUp(() => ({ status: 200, body: { value: [raw({ resourceSelectors, parameters })] } }));
    const expected = { ...BARE, resourceSelectors, parameters: { list: ['a', { b: 1 }], empty: '', none: null } };
    expect(await policy.assignments(SUB)).toEqual({ ok: true, value: [expected] });
  });

  it('tells faults as ARM does', async () => {
    const { policy } = await setUp(() => ({ status: 429, headers: { 'retry-after': '7' } }));
    const throttled = { ok: false, fault: { kind: 'throttled', retryAfterMs: 7000 } };
    expect(await policy.assignments(SUB)).toEqual(throttled);
    expect(await policy.exemptions(SUB)).toEqual(throttled);
    expect(await policy.definition(DEFINITION)).toEqual(throttled);
    expect(await policy.evaluate(SUB)).toEqual(throttled);
    expect(await policy.remediation(SUB, 'r')).toEqual(throttled);
    expect(await policy.cancelRemediation(SUB, 'r')).toEqual(throttled);
  });
});

describe('an exemption', () => {
  test.each([
    ['with selectors', { resourceSelectors: [{ selectors: [] }] }, { resourceSelectors: [{ selectors: [] }] }],
    ['that ends at a time that cannot be read does not end', { expiresOn: 'soon' }, {}],
  ])('%s', async (_case, changes, expected) => {
    const id = `${CLUSTER}/providers/Microsoft.Authorization/policyExemptions/e1`;
    const value = [{ id, name: 'e1', properties: { policyAssignmentId: ASSIGNMENT, ...changes } }];
    const { policy, asked } = await setUp(() => ({ status: 200, body: { value } }));
    const plain = { assignmentId: ASSIGNMENT, scope: CLUSTER, referenceIds: undefined, expiresAt: undefined };
    expect(await policy.exemptions(SUB)).toEqual({ ok: true, value: [{ ...plain, ...expected }] });
    expect(asked()).toEqual([
      `GET /subscriptions/${SUB}/providers/Microsoft.Authorization/policyExemptions?api-version=2022-07-01-preview`,
    ]);
  });
});

describe('a definition', () => {
  const body = {
    id: DEFINITION,
    name: 'd1',
    properties: { parameters: { a: { type: 'String' }, b: { defaultValue: false } } },
  };

  test.each([
    DEFINITION,
    `/subscriptions/${SUB}${DEFINITION}`,
    `/providers/Microsoft.Management/managementGroups/mg 1${DEFINITION}`,
    DEFINITION.toLowerCase(),
  ])('of %s is read where it is', async (id) => {
    const { policy, asked } = await setUp(() => ({ status: 200, body }));
    const value = { id: DEFINITION, displayName: 'd1', parameterDefaults: { b: false } };
    expect(await policy.definition(id)).toEqual({ ok: true, value });
    expect(asked()).toEqual([`GET ${id.replace(' ', '%20')}?api-version=2023-04-01`]);
  });

  test.each([
    '',
    'https://evil.example/providers/Microsoft.Authorization/policyDefinitions/d1',
    `${DEFINITION}/extra`,
    `/subscriptions/${SUB}/resourceGroups/rg${DEFINITION}`,
    '/providers/Microsoft.Authorization/policySetDefinitions/d1',
    '/providers/Microsoft.Authorization/policyDefinitions/..',
    `/subscriptions/%2e%2e${DEFINITION}`,
  ])("of '%s' is not asked for", async (id) => {
    const { policy, asked } = await setUp(() => ({ status: 200, body }));
    expect(await policy.definition(id)).toEqual({ ok: true, value: undefined });
    expect(asked()).toEqual([]);
  });

  test.each([
    ['PolicyDefinitionNotFound', { ok: true, value: undefined }],
    ['SubscriptionNotFound', { ok: false, fault: { kind: 'refused', code: 'SubscriptionNotFound' } }],
    ['InvalidResourceType', { ok: false, fault: { kind: 'refused', code: 'InvalidResourceType' } }],
  ])('with 404 %s', async (code, expected) => {
    const { policy } = await setUp(() => ({ status: 404, body: { error: { code, message: 'no' } } }));
    expect(await policy.definition(DEFINITION)).toMatchObject(expected);
  });

  test.each([
    ['definition', { id: DEFINITION }],
    ['set', { id: DEFINITION, properties: { parameters: {} } }],
  ] as const)('that cannot be read as a %s is trouble on the way', async (kind, answer) => {
    const { policy } = await setUp(() => ({ status: 200, body: answer }));
    const id = kind === 'set' ? DEFINITION.replace('policyDef', 'policySetDef') : DEFINITION;
    expect(await policy[kind](id)).toMatchObject({ ok: false, fault: { code: 'UnreadableAnswer' } });
  });
});

describe('what is begun', () => {
  it('is a remediation of what Policy calls non-compliant among the clusters that are named', async () => {
    const properties = {
      provisioningState: 'Evaluating',
      deploymentStatus: { totalDeployments: 3, failedDeployments: 1 },
    };
    const { policy, fixture, asked } = await setUp(() => ({ status: 201, body: { properties } }));
    const request = {
      subscriptionId: SUB,
      name: 'r 1',
      assignmentId: ASSIGNMENT,
      referenceId: 'fluxBaseline',
      resourceIds: [CLUSTER],
      parallelDeployments: 3,
      failureThreshold: 0.1,
    };
    const value = { provisioningState: 'Evaluating', total: 3, successful: 0, failed: 1 };
    expect(await policy.createRemediation(request)).toEqual({ ok: true, value });
    const url = `/subscriptions/${SUB}/providers/Microsoft.PolicyInsights/remediations/r%201?api-version=2024-10-01`;
    expect(asked()).toEqual([`PUT ${url}`]);
    expect(JSON.parse(fixture.requests[0]!.body)).toEqual({
      properties: {
        policyAssignmentId: ASSIGNMENT,
        policyDefinitionReferenceId: 'fluxBaseline',
        resourceDiscoveryMode: 'ExistingNonCompliant',
        filters: { resourceIds: [CLUSTER] },
        resourceCount: 1,
        parallelDeployments: 3,
        failureThreshold: { percentage: 0.1 },
      },
    });
  });

  it('is no remediation when the answer cannot be read', async () => {
    const { policy } = await setUp(() => ({ status: 200, body: { properties: {} } }));
    expect(await policy.remediation(SUB, 'r')).toMatchObject({ ok: false, fault: { code: 'UnreadableAnswer' } });
  });
});
