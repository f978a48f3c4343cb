import type { Actor } from '../../contracts/actor.ts';
import { Refusal } from '../../contracts/errors.ts';
import type { BindingRecord, ResumeRequest } from '../../contracts/policy-binding.ts';
import type { Deps } from '../deps.ts';
import { changeBinding, withChange } from './change-binding.ts';
import { unknownBinding } from './delete-binding.ts';

/**
 * `POST /api/policies/{name}/resume`: takes the mass-drift brake off. The next sweep decides anew: where as much drifts as before, and
 * the limit is the same, the brake goes on again.
 *
 * @throws Refusal 404, 409 (the brake is not on).
 */
export async function resumeBinding(
  deps: Deps,
  name: string,
  actor: Actor,
  { reason }: ResumeRequest,
): Promise<BindingRecord> {
  const now = deps.clock.now();
  const record = await changeBinding(deps, name, ({ brake, ...released }) =>
    brake === undefined || released.deleting === true ? undefined : withChange(released, now, actor, 'Resumed', reason),
  );
  if (record !== undefined) {
    deps.log.info('binding resumed', { binding: name, actor: actor.name, reason });
    return record;
  }
  if ((await deps.bindings.read(name)) === undefined) throw unknownBinding(name);
  throw new Refusal(
    409,
    'BrakeNotOn',
    `The mass-drift brake of binding ${name} is not on; there is nothing to resume.`,
  );
}
