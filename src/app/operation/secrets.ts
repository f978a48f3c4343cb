import { lastModifiedAt } from '../../core/flux/observed.ts';
import { secretText, type SecretField } from '../../core/flux/secrets.ts';
import type { ArmJson } from '../../ports/arm.ts';
import type { SecretFault } from '../../ports/secrets.ts';
import type { Deps } from '../deps.ts';
import type { Ending, Operation } from './context.ts';
import { backoffMs } from './faults.ts';

/** Clocks of Azure and the time between its answer and its own note of the write. Ours. */
const SAME_WRITE_MS = 60_000;

/** Secrets of one write: in memory for as long as the write takes (law 9). */
export interface ResolvedSecrets {
  readonly valueOf: (reference: string) => string;
  /** Keyed hash of what will be sent; undefined when there are none. */
  readonly hash: string | undefined;
  /** Takes every value out of a text of Azure before it is stored or shown. */
  readonly scrub: (text: string) => string;
}

/** Reads every secret of a write, right before it. `hidden` is what Azure hides although it is none. */
export async function resolveSecrets(
  deps: Pick<Deps, 'secrets' | 'digest'>,
  fields: readonly SecretField[],
  hidden: Readonly<Record<string, string>> = {},
): Promise<
  | { readonly ok: true; readonly secrets: ResolvedSecrets }
  | { readonly ok: false; readonly reference: string; readonly fault: SecretFault }
> {
  const values = new Map<string, string>();
  for (const reference of new Set(fields.map((field) => field.reference))) {
    const answer = await deps.secrets.read(reference);
    if (!answer.ok) return { ok: false, reference, fault: answer.fault };
    values.set(reference, answer.value);
  }
  const valueOf = (reference: string): string => {
    const value = values.get(reference);
    if (value === undefined) throw new RangeError('a secret was not resolved');
    return value;
  };
  const isNone = fields.length === 0 && Object.keys(hidden).length === 0;
  const hash = isNone ? undefined : deps.digest.keyed(secretText(fields, valueOf, hidden));
  return { ok: true, secrets: { valueOf, hash, scrub: scrubber(fields, valueOf) } };
}

function scrubber(fields: readonly SecretField[], valueOf: (reference: string) => string): (text: string) => string {
  const shown = fields.flatMap(({ reference, encoded }) => [encoded(valueOf(reference)), valueOf(reference)]);
  return (text) => shown.reduce((rest, value) => rest.replaceAll(value, '[secret]'), text);
}

/** What an unreadable secret means for the cluster. */
export function endBySecretFault({ deps, row }: Operation, reference: string, fault: SecretFault): Ending {
  const detail = `${reference}: ${fault.detail}`;
  if (fault.kind === 'refused') {
    return { kind: 'outcome', outcome: { verdict: 'Failed', code: fault.code, detail, at: deps.clock.now() } };
  }
  return { kind: 'retry', afterMs: Math.max(fault.retryAfterMs ?? 0, backoffMs(row.tries)), code: fault.code, detail };
}

/**
 * True when the cluster was last given these very secrets, by us, and nobody has written the resource since. Azure never returns
 * secrets, so this is the only way to see a rotated one, and to leave an unchanged cluster alone.
 */
export async function areSecretsAsSent(
  { deps, row }: Operation,
  subject: string,
  { hash }: ResolvedSecrets,
  present: ArmJson,
): Promise<boolean> {
  if (hash === undefined) return true;
  const sent = await deps.sentSecrets.read(row.target.clusterId, subject);
  if (sent?.hash !== hash) return false;
  return (lastModifiedAt(present) ?? 0) <= sent.sentAt + SAME_WRITE_MS;
}

/** Remembers what was sent. Losing this costs one more write the next time. */
export async function rememberSecrets(
  { deps, row }: Operation,
  subject: string,
  { hash }: ResolvedSecrets,
  sentAt: number,
): Promise<void> {
  if (hash === undefined) return;
  await deps.sentSecrets.write({ clusterId: row.target.clusterId, subject, hash, sentAt });
}
