import type { ArmFault } from '../../ports/arm.ts';
import type { WorldCluster } from './azure-cluster.ts';

/** What became of a write: an operation was begun, it is finished already, or it was not accepted. */
export type WriteAnswer = 'accepted' | 'done' | ArmFault;

export function clusterNotFound(clusterId: string): ArmFault {
  return { kind: 'clusterNotFound', detail: `The Resource '${clusterId}' was not found.` };
}

/** Something that only a caller can have done wrong. */
export function invalid(detail: string): ArmFault {
  return { kind: 'refused', code: 'ValidationFailed', detail };
}

/** A PATCH needs its resource. */
export function resourceNotFound(name: string): ArmFault {
  return { kind: 'refused', code: 'ResourceNotFound', detail: `The instance with name '${name}' not found.` };
}

export function unregistered(): ArmFault {
  const detail = "The subscription is not registered to use namespace 'Microsoft.KubernetesConfiguration'.";
  return { kind: 'refused', code: 'MissingSubscriptionRegistration', detail };
}

export function unknownNamespace(namespace: string): ArmFault {
  return { kind: 'refused', code: 'InvalidResourceNamespace', detail: `The namespace '${namespace}' is invalid.` };
}

/** Why a cluster takes no write now; undefined when it does. A forced deletion does not wait for another operation. */
export function writeFault({ deniesWrites, operation }: WorldCluster, force = false): ArmFault | undefined {
  if (deniesWrites) {
    const detail = 'The resource was disallowed by a policy or a lock.';
    return { kind: 'refused', code: 'RequestDisallowedByPolicy', detail };
  }
  if (force || operation === undefined) return undefined;
  return { kind: 'conflict', code: 'Conflict', detail: 'Another operation is in progress on the cluster.' };
}
