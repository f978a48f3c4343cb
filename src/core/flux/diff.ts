import { canonicalJson } from '../canonical-json.ts';
import { propertiesOf, type Json } from './json.ts';
import { meaningfulFields } from './meaning.ts';
import { keepsCredentials } from './patch.ts';
import { isCompanion, isInlineSecret, kindOf } from './present-source.ts';
import { SOURCE_BLOCKS } from '../../contracts/flux/source-kinds.ts';

/** One field in which a configuration on a cluster is not as desired; an absent side is undefined. */
export interface FieldDifference {
  /** Path inside `properties`, such as `kustomizations.apps.prune`. */
  readonly path: string;
  readonly desired: unknown;
  readonly actual: unknown;
}

/**
 * Compares a desired resource with the raw one on the cluster by meaning: defaults that the service fills in, nulls, empty
 * values, key order, letter case of enums and `./` before a path make no difference. Works on raw JSON (law 7).
 *
 * Secrets are write-only and cannot be compared; one that is on the cluster and not wanted is a difference, unless it
 * is kept (`keepsSecrets`). Azure hides trusted keys (`verify.verificationConfig`) as well, although plans hold them: what
 * it hides is left to the hash of what was sent (`hiddenLiterals`).
 */
export function diffConfiguration(desired: Json, actual: Json | undefined): FieldDifference[] {
  const [wanted, present] = [propertiesOf(desired), propertiesOf(actual ?? {})];
  const want = meaningfulFields(wanted);
  const have = meaningfulFields(present);
  const isKept = keepsCredentials(wanted, present) ? keptFields(wanted) : () => false;
  return [...new Set([...want.keys(), ...have.keys()])]
    .sort()
    .map((path) => ({ path, desired: want.get(path), actual: have.get(path) }))
    .filter((field) => !isSame(field) && !isKept(field));
}

const TRUSTED_KEYS = 'ociRepository.verify.verificationConfig.';

function isSame({ path, desired, actual }: FieldDifference): boolean {
  // That a wanted secret is there is not always told.
  if (isSecret(path)) return desired !== undefined;
  if (path.startsWith(TRUSTED_KEYS) && desired !== undefined && (actual === '<redacted>' || actual === '')) return true;
  if (isWaiting(path) && (desired === undefined || actual === undefined)) return true;
  return canonicalJson(desired) === canonicalJson(actual);
}

function isSecret(path: string): boolean {
  return isInlineSecret(path) || path.startsWith('configurationProtectedSettings.');
}

/** How a write is waited for is told with the write; not every answer repeats it. */
function isWaiting(path: string): boolean {
  return path === 'waitForReconciliation' || path === 'reconciliationWaitDuration';
}

/** What stays as it is where secrets are kept: they, what belongs to them, and what a PATCH cannot set. */
function keptFields(wanted: Json): (field: FieldDifference) => boolean {
  const kind = kindOf(wanted);
  return ({ path, desired }) => {
    if (isWaiting(path)) return true;
    const [block, field] = path.split('.');
    const belongs = kind !== undefined && block === SOURCE_BLOCKS[kind] && isCompanion(kind, field ?? '');
    return desired === undefined && (isSecret(path) || belongs);
  };
}
