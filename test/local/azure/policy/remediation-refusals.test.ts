import { describe, expect, it } from 'vitest';
import { bench } from '../support.ts';
import { assign, BASELINE, FLEET, governed, NOT_FLUX, remediate, taskPath } from './support.ts';

describe('a task that is refused', () => {
  const ids = Array.from({ length: 101 }, (_, index) => `/subscriptions/x/${index}`);

  it.each([
    [{ policyAssignmentId: undefined }, /policyAssignmentId/],
    [{ policyAssignmentId: `${FLEET}/providers/Microsoft.Authorization/policyAssignments/none` }, /does not exist/],
    [{ policyDefinitionReferenceId: 'x' }, /no policy definition reference 'x'/],
    [{ parallelDeployments: 0 }, /parallelDeployments/],
    [{ parallelDeployments: 31 }, /parallelDeployments/],
    [{ resourceCount: 50_001 }, /resourceCount/],
    [{ failureThreshold: { percentage: 1.1 } }, /percentage/],
    [{ failureThreshold: { percentage: -0.1 } }, /percentage/],
    [{ filters: { resourceIds: [] } }, /resourceIds/],
    [{ filters: { resourceIds: ids } }, /resourceIds/],
    [
      { filters: { resourceIds: ids.slice(0, 1) }, resourceDiscoveryMode: 'ReEvaluateCompliance' },
      /ReEvaluateCompliance/,
    ],
  ])('%j', async (changes, message) => {
    const { at, assignment, subscription } = await governed();
    const { status, body } = await remediate(at, subscription, { policyAssignmentId: assignment.id, ...changes });
    expect([status, body.error.code]).toEqual([400, 'InvalidCreateRemediationRequest']);
    expect(body.error.message).toMatch(message);
  });

  it('of an initiative without a member, of an audit, of an assignment elsewhere', async () => {
    const at = await bench();
    const [here, there] = at.azure.fleet.subscriptions;
    const parameters = { baselineUrl: 'https://git.example/b.git' };
    const { id: initiative } = await assign(at, { name: 'set', definition: BASELINE, parameters });
    const { id: audit } = await assign(at, { name: 'audit', definition: NOT_FLUX, parameters: {} });
    const { id: other } = await assign(at, { scope: `/subscriptions/${there!.id}` });
    for (const [policyAssignmentId, message] of [
      [initiative, /policyDefinitionReferenceId is required/],
      [audit, /deployIfNotExists/],
      [other, /does not apply/],
    ] as const) {
      expect((await remediate(at, here!.id, { policyAssignmentId })).body.error.message).toMatch(message);
    }
  });

  it('because it started: the same again is fine, another one is not', async () => {
    const { at, assignment, subscription } = await governed();
    const asked = { policyAssignmentId: assignment.id, parallelDeployments: 3 };
    await remediate(at, subscription, asked);
    expect((await remediate(at, subscription, asked)).status).toBe(200);
    const { status, body } = await remediate(at, subscription, { ...asked, parallelDeployments: 4 });
    expect([status, body.error.code]).toEqual([400, 'InvalidUpdateRemediationRequest']);
    expect((await at.call('GET', taskPath(subscription, 'unknown'))).body.error.code).toBe('ResourceNotFound');
  });
});
