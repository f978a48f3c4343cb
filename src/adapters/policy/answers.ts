import type { ArmFault } from '../../ports/arm.ts';
import type { ArmReply } from '../arm-send.ts';

/**
 * A 404 that says that the thing itself is not there, and not that ARM knows no such path, version or subscription:
 * `PolicyDefinitionNotFound`, `ResourceNotFound`, `RemediationNotFound` …
 */
export function isGone(reply: ArmReply): boolean {
  if (reply.ok || reply.notFound === undefined) return false;
  const { code } = reply.notFound;
  return code.endsWith('NotFound') && code !== 'SubscriptionNotFound';
}

/** An answer in a shape that is not known: taken for trouble on the way, never for an empty one. */
export function unreadable(what: string): { readonly ok: false; readonly fault: ArmFault } {
  const detail = `ARM describes ${what} of Azure Policy in an unknown shape.`;
  return { ok: false, fault: { kind: 'unavailable', code: 'UnreadableAnswer', detail } };
}
