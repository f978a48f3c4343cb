import type { ClusterReport, Push } from '../contracts/push.ts';
import type { FieldMapping } from '../contracts/webhook.ts';

/** One delivery as it came in: nothing of it is parsed before its signature was found good. */
export interface RawDelivery {
  /** By lower-case name; undefined when there is none. A header that was sent twice comes joined with `, `. */
  header(name: string): string | undefined;
  readonly body: Uint8Array;
  /** Milliseconds since the epoch, for signed time stamps. */
  readonly now: number;
}

/** What a delivery says, in the words of Flotilla. */
export type Translated =
  | { readonly kind: 'pushes'; readonly pushes: readonly Push[]; readonly detail: string }
  | { readonly kind: 'reports'; readonly reports: readonly ClusterReport[]; readonly detail: string }
  /** Good, and of no consequence: a ping, an event that nobody asked for. */
  | { readonly kind: 'ignored'; readonly code: string; readonly detail: string };

/** A sender of deliveries: how its proof is checked and what its bodies mean. */
export interface Provider {
  /**
   * True when the delivery proves to know the secret, over the bytes of the body. Takes the same time wherever a wrong proof
   * differs, and never throws, whatever the headers hold.
   */
  verify(delivery: RawDelivery, secret: string): boolean;
  /** How the provider names the delivery; undefined when it does not: then the hash of the body stands for it. */
  deliveryId(delivery: RawDelivery): string | undefined;
  /**
   * Says what a parsed, verified body means. `mapping` is given for generic hooks only.
   * @throws Refusal 400 InvalidDelivery with the field when the body is not what the provider documents.
   */
  translate(delivery: RawDelivery, body: unknown, mapping: FieldMapping | undefined): Translated;
}
