import { z } from 'zod';
import type { ArmJson, ArmResult } from '../../ports/arm.ts';
import type { Policy, Remediation, RemediationRequest } from '../../ports/policy.ts';
import type { ArmReply, Send } from '../arm-send.ts';
import { checkRemediationSize } from '../remediation-size.ts';
import { isGone, unreadable } from './answers.ts';
import { remediationUrl } from './paths.ts';

type Remediations = Pick<Policy, 'createRemediation' | 'remediation' | 'cancelRemediation'>;

/** Remediation tasks of subscriptions. */
export function createRemediations(send: Send): Remediations {
  return {
    createRemediation: async (request) => {
      checkRemediationSize(request);
      return read(await send('PUT', remediationUrl(request.subscriptionId, request.name), bodyOf(request)));
    },
    remediation: async (subscriptionId, name) => {
      const reply = await send('GET', remediationUrl(subscriptionId, name));
      return isGone(reply) ? { ok: true, value: undefined } : read(reply);
    },
    cancelRemediation: async (subscriptionId, name) => {
      const reply = await send('POST', remediationUrl(subscriptionId, name, '/cancel'));
      return reply.ok ? { ok: true, value: undefined } : { ok: false, fault: reply.fault };
    },
  };
}

/** Only what Policy already calls non-compliant: the other mode cannot be limited to resources (REST specification). */
function bodyOf(request: RemediationRequest): ArmJson {
  const { assignmentId, referenceId, resourceIds, parallelDeployments, failureThreshold } = request;
  return {
    properties: {
      policyAssignmentId: assignmentId,
      ...(referenceId !== undefined && { policyDefinitionReferenceId: referenceId }),
      resourceDiscoveryMode: 'ExistingNonCompliant',
      filters: { resourceIds },
      resourceCount: resourceIds.length,
      parallelDeployments,
      failureThreshold: { percentage: failureThreshold },
    },
  };
}

const count = z
  .number()
  .nullish()
  .transform((number) => number ?? 0);

const remediation = z.object({
  properties: z.object({
    provisioningState: z.string().min(1),
    deploymentStatus: z
      .object({ totalDeployments: count, successfulDeployments: count, failedDeployments: count })
      .nullish(),
  }),
});

function read(reply: ArmReply): ArmResult<Remediation> {
  if (!reply.ok) return { ok: false, fault: reply.fault };
  const { data } = remediation.safeParse(reply.body);
  if (data === undefined) return unreadable('a remediation');
  const { provisioningState, deploymentStatus: status } = data.properties;
  return {
    ok: true,
    value: {
      provisioningState,
      total: status?.totalDeployments ?? 0,
      successful: status?.successfulDeployments ?? 0,
      failed: status?.failedDeployments ?? 0,
    },
  };
}
