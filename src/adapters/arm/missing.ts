import type { ArmFault } from '../../ports/arm.ts';
import { shorten } from '../shorten.ts';
import type { ArmErrorText } from '../arm-error-body.ts';
import type { ClusterPaths } from './paths.ts';
import type { ArmReply, Send } from '../arm-send.ts';

/** What a 404 means: the cluster exists without the child that was asked for, or a fault. */
export type Missing = { readonly kind: 'child' } | { readonly kind: 'fault'; readonly fault: ArmFault };

const CLUSTER_CODES = ['ParentResourceNotFound', 'ResourceGroupNotFound', 'SubscriptionNotFound'];

/** The gateway does not know the path or its api-version: nothing was looked up. */
const ROUTE_CODES = [
  'InvalidResourceType',
  'InvalidResourceNamespace',
  'NoRegisteredProviderFound',
  'InvalidApiVersionParameter',
];

/**
 * The service answers `ResourceNotFound` for a missing configuration, extension and cluster alike (recorded traffic), so the
 * name in the message decides: "The … instance with name 'x' not found." When it names neither, or both have one name, one
 * more read asks for the cluster itself.
 */
export async function whatIsMissing(
  send: Send,
  paths: ClusterPaths,
  child: string | undefined,
  reply: { readonly fault: ArmFault; readonly notFound: ArmErrorText },
): Promise<Missing> {
  const { code, message } = reply.notFound;
  if (ROUTE_CODES.includes(code)) return { kind: 'fault', fault: reply.fault };
  if (CLUSTER_CODES.includes(code)) return clusterNotFound(message);
  const subject = subjectOf(reply.notFound);
  if (!sameName(child, paths.name)) {
    if (sameName(subject, paths.name)) return clusterNotFound(message);
    if (sameName(subject, child)) return { kind: 'child' };
  }
  return fromCluster(await send('GET', paths.clusterUrl));
}

function fromCluster(reply: ArmReply): Missing {
  if (reply.ok) return { kind: 'child' };
  const isRoute = reply.notFound === undefined || ROUTE_CODES.includes(reply.notFound.code);
  return isRoute ? { kind: 'fault', fault: reply.fault } : clusterNotFound(reply.notFound.message);
}

function clusterNotFound(message: string): Missing {
  return { kind: 'fault', fault: { kind: 'clusterNotFound', detail: shorten(message) } };
}

/** The last segment of the id or name that the error is about: its target, else the first quoted text. */
function subjectOf({ message, target }: ArmErrorText): string | undefined {
  const named = target ?? /'([^']+)'/.exec(message)?.[1];
  return named?.split('/').at(-1);
}

function sameName(left: string | undefined, right: string | undefined): boolean {
  return left !== undefined && left.toLowerCase() === right?.toLowerCase();
}
