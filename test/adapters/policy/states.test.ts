import { describe, expect, it, test } from 'vitest';
import { Transient } from '../../../src/contracts/errors.ts';
import { countedIn } from '../azure-requests.ts';
import type { Answer } from '../http-fixture.ts';
import { ASSIGNMENT, CLUSTER, collect, setUp, SUB } from './set-up.ts';

function tokenOf(path: string): string | null {
  return new URL(path, 'https://host').searchParams.get('$skiptoken');
}

const row = (changes: object = {}) => ({
  resourceId: CLUSTER.toLowerCase(),
  policyAssignmentId: ASSIGNMENT.toLowerCase(),
  policyDefinitionReferenceId: 'fluxbaseline',
  complianceState: 'NonCompliant',
  timestamp: '2031-01-02T03:04:05Z',
  ...changes,
});
const STATE = {
  resourceId: CLUSTER.toLowerCase(),
  assignmentId: ASSIGNMENT.toLowerCase(),
  referenceId: 'fluxbaseline',
  complianceState: 'NonCompliant',
  at: Date.parse('2031-01-02T03:04:05Z'),
};

async function failure(answer: Answer, requestTimeoutMs?: number): Promise<Error> {
  const { policy } = await setUp(() => answer, requestTimeoutMs);
  try {
    await collect(policy.nonCompliant(SUB, ASSIGNMENT));
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('expected a failure');
}

describe('policy states', () => {
  it('are asked for one assignment and clusters only, page by page, never twice', async () => {
    const { policy, telemetry, asked } = await setUp((request) => {
      const isSecond = tokenOf(request.url) === 'a b/2';
      const value = [row(isSecond ? { policyDefinitionReferenceId: 'fluxextension' } : {})];
      const nextLink = isSecond ? null : 'https://elsewhere.example/x?$skipToken=a%20b%2F2';
      return { status: 200, body: { value, '@odata.nextLink': nextLink } };
    });
    expect(await collect(policy.nonCompliant(SUB, ASSIGNMENT))).toEqual([
      [STATE],
      [{ ...STATE, referenceId: 'fluxextension' }],
    ]);
    const [first, second, ...more] = asked();
    expect(more).toEqual([]);
    const [method, path] = first!.split(' ');
    const url = new URL(path!, 'https://host');
    expect(method).toBe('POST');
    expect(url.pathname).toBe(
      `/subscriptions/${SUB}/providers/Microsoft.PolicyInsights/policyStates/latest/queryResults`,
    );
    expect(url.searchParams.get('api-version')).toBe('2024-10-01');
    expect(url.searchParams.get('$filter')).toBe(
      `policyAssignmentId eq '${ASSIGNMENT.toLowerCase().replace("'", "''")}' and ` +
        "(resourceType eq 'Microsoft.Kubernetes/connectedClusters' or resourceType eq 'Microsoft.ContainerService/managedClusters')" +
        " and complianceState eq 'NonCompliant'",
    );
    const next = new URL(second!.replace('POST ', ''), 'https://host');
    expect(next.searchParams.get('$filter')).toBe(url.searchParams.get('$filter'));
    expect(next.pathname).toBe(url.pathname);
    expect(countedIn(telemetry)).toEqual(Array(2).fill({ kind: 'write', status: '200' }));
  });

  it('leave out what is no cluster and what has no state; a page without anything is not handed on', async () => {
    const { policy } = await setUp((request) => {
      if (tokenOf(request.url) === '2')
        return { status: 200, body: { value: [row({ policyDefinitionReferenceId: '' })] } };
      const value = [
        row({ resourceId: `/subscriptions/${SUB}` }),
        row({ complianceState: null }),
        row({ resourceId: null }),
      ];
      return { status: 200, body: { value, '@odata.nextLink': 'https://h/?$skiptoken=2' } };
    });
    expect(await collect(policy.nonCompliant(SUB, ASSIGNMENT))).toEqual([[{ ...STATE, referenceId: undefined }]]);
  });

  it.each(['https://h/x', 'nonsense', 'https://h/?$skiptoken='])(
    'with the next link %s cannot be read on',
    async (nextLink) => {
      const { policy, fixture } = await setUp(() => ({
        status: 200,
        body: { value: [row()], '@odata.nextLink': nextLink },
      }));
      await expect(collect(policy.nonCompliant(SUB, ASSIGNMENT))).rejects.toMatchObject({ code: 'PolicyUnavailable' });
      expect(fixture.requests).toHaveLength(1);
    },
  );

  test.each([
    ['429', { status: 429, headers: { 'retry-after': '7' } }, 'PolicyThrottled', 7000],
    ['503', { status: 503, headers: { 'retry-after': '3' } }, 'PolicyUnavailable', 3000],
    ['500 without JSON', { status: 500, body: '<html>' }, 'PolicyUnavailable', undefined],
    ['409', { status: 409, body: { error: { code: 'Busy', message: 'busy' } } }, 'PolicyUnavailable', undefined],
    [
      '403',
      { status: 403, body: { error: { code: 'AuthorizationFailed', message: 'no' } } },
      'PolicyForbidden',
      undefined,
    ],
    [
      '404',
      { status: 404, body: { error: { code: 'SubscriptionNotFound', message: 'no' } } },
      'PolicyForbidden',
      undefined,
    ],
    ['something that is no list', { status: 200, body: { items: [] } }, 'PolicyUnavailable', undefined],
    ['something that is no JSON', { status: 200, body: '<html>' }, 'PolicyUnavailable', undefined],
    ['a connection that ends', { byHand: (response) => response.destroy() }, 'PolicyUnavailable', undefined],
  ] satisfies [string, Answer, string, number | undefined][])(
    '%s passes',
    async (_case, answer, code, retryAfterMs) => {
      const error = await failure(answer);
      expect(error).toBeInstanceOf(Transient);
      expect(error).toMatchObject({ code, retryAfterMs });
    },
  );

  it('that do not come in time are given up', async () => {
    const error = await failure({ byHand: () => undefined }, 100);
    expect(error).toBeInstanceOf(Transient);
    expect(error).toMatchObject({ code: 'PolicyTimedOut' });
  });

  it('that the service does not understand are a bug of ours', async () => {
    const body = { error: { code: 'InvalidFilterInQueryString', message: 'what?' } };
    const error = await failure({ status: 400, body });
    expect(error).not.toBeInstanceOf(Transient);
    expect(error.message).toBe('InvalidFilterInQueryString: what?');
  });
});
