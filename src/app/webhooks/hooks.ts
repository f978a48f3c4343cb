import { labelOf, type Actor } from '../../contracts/actor.ts';
import { Refusal, Transient } from '../../contracts/errors.ts';
import { HOOK_SECRET_BYTES_MIN, HOOKS_MAX } from '../../contracts/limits.ts';
import { HookName, type Hook } from '../../contracts/webhook.ts';
import type { HookRecord } from '../../ports/hook-store.ts';
import type { Deps } from '../deps.ts';
import { parseBody } from '../parse-request.ts';
import { isoTime } from '../read/rollout-view.ts';

/**
 * Creates a hook, or replaces what it says. Its secrets are read once, so that a wrong reference shows now and not with the first push.
 *
 * @throws Refusal 400 (name, secret), 409 (too many); Transient.
 */
export async function putHook(
  deps: Deps,
  { name, hook, actor }: { readonly name: string; readonly hook: Hook; readonly actor: Actor },
): Promise<{ readonly record: HookRecord; readonly created: boolean }> {
  parseBody(HookName, name, 'InvalidHookName');
  await refuseWeakSecret(deps, 'secret', hook.secret);
  if (hook.previousSecret !== undefined) await refuseWeakSecret(deps, 'previousSecret', hook.previousSecret);
  const all = await deps.hooks.list();
  if (all.length >= HOOKS_MAX && !all.some((other) => other.name === name)) {
    const detail = `There are ${all.length} hooks already; an installation has at most ${HOOKS_MAX}. One hook takes any number of repositories.`;
    throw new Refusal(409, 'TooManyHooks', detail);
  }
  const record: HookRecord = { schema: 1, name, hook, changedAt: deps.clock.now(), changedBy: actor };
  const written = await deps.hooks.write(record);
  deps.log.info('hook stored', { hook: name, provider: hook.provider, actor: actor.name });
  return { record, created: written === 'created' };
}

async function refuseWeakSecret({ secrets }: Deps, field: string, reference: string): Promise<void> {
  const result = await secrets.read(reference);
  if (result.ok) {
    if (new TextEncoder().encode(result.value).length >= HOOK_SECRET_BYTES_MIN) return;
    const detail = `refers to a secret of fewer than ${HOOK_SECRET_BYTES_MIN} bytes, which can be guessed; make a longer one`;
    throw new Refusal(400, 'WeakSecret', `${field} ${detail}`, [{ field, code: 'WeakSecret', detail }]);
  }
  const { kind, code, detail } = result.fault;
  if (kind === 'unavailable') throw new Transient(code, detail);
  throw new Refusal(400, 'SecretUnreadable', `${field}: ${detail}`, [{ field, code, detail }]);
}

/** Throws `Refusal` 404. */
export async function getHook({ hooks }: Deps, name: string): Promise<HookRecord> {
  const found = HookName.safeParse(name).success ? await hooks.read(name) : undefined;
  if (found === undefined) throw hookNotFound(name);
  return found;
}

/** `DELETE /api/hooks/{name}`: deliveries are refused from now on. Throws `Refusal` 404. */
export async function deleteHook(deps: Deps, name: string, actor: Actor): Promise<void> {
  const isName = HookName.safeParse(name).success;
  if (!isName || (await deps.hooks.remove(name)) === 'absent') throw hookNotFound(name);
  deps.log.info('hook deleted', { hook: name, actor: actor.name });
}

function hookNotFound(name: string): Refusal {
  return new Refusal(404, 'HookNotFound', `There is no hook ${name.slice(0, 63)}. GET /api/hooks lists them.`);
}

/** A hook as the API shows it: references to secrets, never a secret. */
export function hookView({ name, hook, changedAt, changedBy }: HookRecord) {
  const path = `/api/webhooks/${hook.provider}${name === hook.provider ? '' : `/${name}`}`;
  return { name, ...hook, path, changedAt: isoTime(changedAt), changedBy: labelOf(changedBy) };
}
