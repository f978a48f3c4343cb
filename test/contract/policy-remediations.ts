import { describe, expect, it } from 'vitest';
import type { RemediationRequest } from '../../src/ports/policy.ts';
import { BASELINE, EXTENSION, faultOf, INITIATIVE, valueOf, type PolicyWorld } from './policy-world.ts';

/** What every implementation of `Policy` does with remediation tasks; `world` answers the one of the running test. */
export function remediationSuite(world: () => PolicyWorld): void {
  describe('a remediation', () => {
    const request = (changes: Partial<RemediationRequest> = {}): RemediationRequest => ({
      subscriptionId: world().subscriptions[0],
      name: 'task-1',
      assignmentId: '',
      resourceIds: [world().clusters[0]],
      parallelDeployments: 5,
      failureThreshold: 0.5,
      ...changes,
    });
    const assignExtension = async (): Promise<string> => {
      const scope = `/subscriptions/${world().subscriptions[0]}`;
      const id = await world().assign({ name: 'ext', scope, definition: EXTENSION });
      world().settle();
      return id;
    };

    it('is created once, tracked, and ends', async () => {
      const { policy, subscriptions, settle } = world();
      const asked = request({ assignmentId: await assignExtension() });
      const accepted = { provisioningState: 'Accepted', total: 0, successful: 0, failed: 0 };
      expect(valueOf(await policy.createRemediation(asked))).toEqual(accepted);
      expect(valueOf(await policy.createRemediation(asked))).toEqual(accepted);
      expect(valueOf(await policy.remediation(subscriptions[0], 'task-1'))).toEqual(accepted);
      settle();
      expect(valueOf(await policy.remediation(subscriptions[0], 'task-1'))).toEqual({
        provisioningState: 'Succeeded',
        total: 1,
        successful: 1,
        failed: 0,
      });
      expect(faultOf(await policy.cancelRemediation(subscriptions[0], 'task-1'))).toMatchObject({ kind: 'refused' });
    });

    it('is not changed once it is there', async () => {
      const asked = request({ assignmentId: await assignExtension() });
      valueOf(await world().policy.createRemediation(asked));
      const other = { ...asked, resourceIds: world().clusters };
      expect(faultOf(await world().policy.createRemediation(other))).toMatchObject({ kind: 'refused' });
    });

    it('is cancelled', async () => {
      const { policy, subscriptions, settle } = world();
      valueOf(await policy.createRemediation(request({ assignmentId: await assignExtension() })));
      expect(await policy.cancelRemediation(subscriptions[0], 'task-1')).toEqual({ ok: true, value: undefined });
      settle();
      const task = valueOf(await policy.remediation(subscriptions[0], 'task-1'));
      expect(task).toEqual({ provisioningState: 'Canceled', total: 0, successful: 0, failed: 0 });
    });

    it('of an initiative is about one member', async () => {
      const { policy, clusters, assign, settle } = world();
      const assignmentId = await assign({
        name: 'all',
        scope: clusters[0],
        definition: INITIATIVE,
        parameters: BASELINE,
      });
      settle();
      expect(faultOf(await policy.createRemediation(request({ assignmentId })))).toMatchObject({ kind: 'refused' });
      const asked = request({ assignmentId, referenceId: 'fluxExtension' });
      expect(valueOf(await policy.createRemediation(asked)).provisioningState).toBe('Accepted');
    });

    it('of an assignment that is not there is refused', async () => {
      const assignmentId = `/subscriptions/${world().subscriptions[0]}/providers/Microsoft.Authorization/policyAssignments/none`;
      const fault = faultOf(await world().policy.createRemediation(request({ assignmentId })));
      expect(fault).toMatchObject({ kind: 'refused', code: 'InvalidCreateRemediationRequest' });
    });

    it('that is not there is undefined, and cannot be cancelled', async () => {
      const { policy, subscriptions } = world();
      expect(valueOf(await policy.remediation(subscriptions[0], 'none'))).toBeUndefined();
      expect(faultOf(await policy.cancelRemediation(subscriptions[0], 'none'))).toMatchObject({ kind: 'refused' });
    });

    it.for([0, 101])('of %i clusters is never asked for', async (count) => {
      const resourceIds = Array.from({ length: count }, (_, index) => `${world().clusters[0]}-${index}`);
      await expect(world().policy.createRemediation(request({ resourceIds }))).rejects.toThrow(RangeError);
    });
  });
}
