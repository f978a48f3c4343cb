import type { EnsureExtension } from '../../contracts/flux/extension.ts';
import { diffExtension } from '../../core/flux/extension-body.ts';
import { observeExtension } from '../../core/flux/extension.ts';
import type { ArmJson } from '../../ports/arm.ts';
import type { Deps } from '../deps.ts';
import { removal, unreadable, type Attempt, type Reading } from './reading.ts';

/** Reads the extension and holds it against what the plan wants of it. */
export async function readExtension(
  deps: Deps,
  extension: EnsureExtension,
  clusterId: string,
  attempt: Attempt,
): Promise<Reading> {
  const found = await deps.arm.findFluxExtension(clusterId);
  if (!found.ok) return unreadable(deps, clusterId, found.fault);
  if (found.value === undefined) return undecided('ExtensionMissing', 'There is no microsoft.flux extension.');
  const { resource } = found.value;
  const { state, detail } = observeExtension(resource);
  switch (state) {
    case 'Succeeded':
      return compare(extension, resource, attempt);
    case 'Failed':
      return { state: 'bad', code: 'ExtensionFailed', detail, evidence: {} };
    case 'Installing':
    case 'Deleting':
      return undecided('ExtensionNotReady', detail);
  }
}

/** An operation that was under way before ours may have left the extension other than it is wanted. */
function compare(extension: EnsureExtension, resource: ArmJson, { wrote }: Attempt): Reading {
  const [difference] = diffExtension(extension, resource);
  if (difference === undefined) {
    return {
      state: 'good',
      code: 'ExtensionReady',
      detail: wrote ? 'The microsoft.flux extension is ready.' : 'The extension was as desired already.',
    };
  }
  if (!wrote) return { state: 'again' };
  const { path, desired, actual } = difference;
  return undecided('ExtensionDiffers', `${path} is ${JSON.stringify(actual)}, not yet ${JSON.stringify(desired)}.`);
}

/** Reads whether the extension is gone. */
export async function readExtensionRemoval(deps: Deps, clusterId: string, attempt: Attempt): Promise<Reading> {
  const found = await deps.arm.findFluxExtension(clusterId);
  if (!found.ok) return unreadable(deps, clusterId, found.fault);
  return removal('microsoft.flux extension', found.value !== undefined, attempt);
}

/** Reads whether any Flux v1 configuration is left: one goes with each write. */
export async function readFluxV1Removal(deps: Deps, clusterId: string, attempt: Attempt): Promise<Reading> {
  const found = await deps.arm.listFluxV1(clusterId);
  if (!found.ok) return unreadable(deps, clusterId, found.fault);
  if (found.value.length > 0 && attempt.removing) return { state: 'again' };
  return removal('Flux v1 configuration', found.value.length > 0, { ...attempt, removing: false });
}

function undecided(code: string, detail: string): Reading {
  return { state: 'undecided', code, detail };
}
