import { Refusal, Transient } from '../../contracts/errors.ts';
import type { HookRecord } from '../../ports/hook-store.ts';
import type { Provider, RawDelivery } from '../../webhooks/provider.ts';
import type { Deps } from '../deps.ts';

/**
 * Checks that a delivery knows the present secret of its hook, or the former one. Both are always tried, so that the time does not
 * tell which of them it was.
 *
 * @throws Refusal 401; Transient when a secret cannot be read.
 */
export async function authenticate(
  deps: Deps,
  { name, hook }: HookRecord,
  provider: Provider,
  delivery: RawDelivery,
): Promise<void> {
  const references = [hook.secret, ...(hook.previousSecret === undefined ? [] : [hook.previousSecret])];
  const secrets = await Promise.all(references.map((reference) => readSecret(deps, name, reference)));
  const proofs = secrets.map((secret) => provider.verify(delivery, secret));
  if (proofs.includes(true)) return;
  const detail = `The delivery does not prove that it knows the secret of hook ${name}. Compare the secret at the provider with the one that the hook refers to.`;
  throw new Refusal(401, 'InvalidSignature', detail);
}

async function readSecret({ secrets, log }: Deps, hook: string, reference: string): Promise<string> {
  const result = await secrets.read(reference);
  if (result.ok) return result.value;
  log.error('secret of a hook cannot be read', { hook, code: result.fault.code, detail: result.fault.detail });
  throw new Transient('HookSecretUnreadable', `The secret of hook ${hook} cannot be read: ${result.fault.detail}`);
}
