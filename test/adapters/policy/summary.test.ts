import { expect, it, test } from 'vitest';
import { ASSIGNMENT, setUp, SUB } from './set-up.ts';

const details = (...resourceDetails: object[]) => ({
  status: 200,
  body: {
    '@odata.count': 1,
    value: [{ results: { nonCompliantResources: 3, resourceDetails }, policyAssignments: [] }],
  },
});

it('a summary counts the clusters of a subscription under one assignment, whatever Policy calls them', async () => {
  const { policy, asked } = await setUp(() =>
    details(
      { complianceState: 'compliant', count: 140 },
      { complianceState: 'NonCompliant', count: 3 },
      { complianceState: 'exempt', count: 2 },
      { complianceState: 'conflict', count: 1 },
      { complianceState: 'unknown', count: 4 },
    ),
  );
  const value = { compliant: 140, nonCompliant: 3, exempt: 2, other: 5 };
  expect(await policy.summary(SUB, ASSIGNMENT)).toEqual({ ok: true, value });
  const [method, path] = asked()[0]!.split(' ');
  const url = new URL(path!, 'https://host');
  expect(method).toBe('POST');
  expect(url.pathname).toBe(`/subscriptions/${SUB}/providers/Microsoft.PolicyInsights/policyStates/latest/summarize`);
  expect(url.searchParams.get('api-version')).toBe('2024-10-01');
  expect(url.searchParams.get('$filter')).toBe(
    `policyAssignmentId eq '${ASSIGNMENT.toLowerCase().replace("'", "''")}' and ` +
      "(resourceType eq 'Microsoft.Kubernetes/connectedClusters' or resourceType eq 'Microsoft.ContainerService/managedClusters')",
  );
});

it('a summary may count nothing', async () => {
  const { policy } = await setUp(() => details());
  expect(await policy.summary(SUB, ASSIGNMENT)).toEqual({
    ok: true,
    value: { compliant: 0, nonCompliant: 0, exempt: 0, other: 0 },
  });
});

test.each([
  ['is none', { status: 200, body: { value: [] } }, 'UnreadableAnswer'],
  [
    'may not be read',
    { status: 403, body: { error: { code: 'AuthorizationFailed', message: 'no' } } },
    'AuthorizationFailed',
  ],
  ['does not come', { status: 503 }, 'Http503'],
])('a summary that %s', async (_case, answer, code) => {
  const { policy } = await setUp(() => answer);
  expect(await policy.summary(SUB, ASSIGNMENT)).toMatchObject({ ok: false, fault: { code } });
});
