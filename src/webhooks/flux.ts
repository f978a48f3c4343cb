import { z } from 'zod';
import { ClusterId } from '../contracts/cluster-id.ts';
import { CONFIGURATION_NAME_LENGTH_MAX } from '../contracts/limits.ts';
import { isSignedInHex } from './hmac.ts';
import { parseDelivery } from './parse-delivery.ts';
import type { Provider } from './provider.ts';

/** Kinds of Flux objects that bear the name of their configuration; others have more in theirs, or another one. */
const SOURCE_KINDS = ['GitRepository', 'OCIRepository', 'Bucket'];

const Event = z.object({
  involvedObject: z.object({ kind: z.string(), name: z.string() }),
  reason: z.string().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
});

/**
 * The notification-controller of a cluster, as a `Provider` of type generic-hmac: `X-Signature`. Which cluster it is stands in
 * the metadata that the `Alert` adds: `eventMetadata: {cluster: <ARM id>}`.
 */
export const flux: Provider = {
  verify: (delivery, secret) => isSignedInHex(delivery.header('x-signature'), 'sha256=', delivery.body, secret),
  deliveryId: () => undefined,
  translate(_delivery, body) {
    const { involvedObject, reason, metadata } = parseDelivery(Event, body);
    const cluster = ClusterId.safeParse(metadata?.cluster);
    if (!cluster.success) {
      const detail =
        'The event does not say which cluster it is of: add eventMetadata.cluster, its ARM id, to the Alert.';
      return { kind: 'ignored', code: 'NoCluster', detail };
    }
    const { kind, name } = involvedObject;
    const isNamed = SOURCE_KINDS.includes(kind) && name.length <= CONFIGURATION_NAME_LENGTH_MAX;
    const report = { clusterId: cluster.data, configuration: isNamed ? name : undefined };
    const detail = `${kind} ${name}: ${reason ?? 'no reason given'}`.slice(0, 200).toWellFormed();
    return { kind: 'reports', reports: [report], detail };
  },
};
