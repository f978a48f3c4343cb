import type {
  Change,
  EditConfiguration,
  RemoveConfiguration,
  SuspendConfiguration,
} from '../../contracts/flux/change.ts';
import type { Configuration } from '../../contracts/flux/configuration.ts';
import { EnsureExtension, type RemoveExtension } from '../../contracts/flux/extension.ts';

/** One step of a change on one cluster. Each has its own evidence and its own deadline; the next begins when it is proven. */
export type Action =
  | { readonly kind: 'removeFluxV1' }
  | { readonly kind: 'ensureExtension'; readonly extension: EnsureExtension }
  | { readonly kind: 'applyConfiguration'; readonly configuration: Configuration }
  | { readonly kind: 'editConfiguration'; readonly edit: EditConfiguration }
  | { readonly kind: 'suspendConfiguration'; readonly suspension: SuspendConfiguration }
  | { readonly kind: 'removeConfiguration'; readonly removal: RemoveConfiguration }
  | { readonly kind: 'removeExtension'; readonly removal: RemoveExtension };

/** Name under which leases, overlaps and sent secrets know the extension; no configuration can be called that. */
export const EXTENSION_SUBJECT = '@extension';
/** The same for Flux v1. */
export const FLUX_V1_SUBJECT = '@flux-v1';

/** The steps of a change, in the order in which each cluster goes through them. */
export function actionsOf({ fluxV1, extension, configurations }: Change): readonly Action[] {
  const applies = configurations.some(({ action }) => action === 'apply');
  const ensured = extension?.action === 'ensure' ? extension : applies ? EnsureExtension.parse({}) : undefined;
  return [
    ...(fluxV1 === 'remove' ? [{ kind: 'removeFluxV1' } as const] : []),
    ...(ensured === undefined ? [] : [{ kind: 'ensureExtension', extension: ensured } as const]),
    ...configurations.map(configurationAction),
    ...(extension?.action === 'remove' ? [{ kind: 'removeExtension', removal: extension } as const] : []),
  ];
}

function configurationAction(change: Change['configurations'][number]): Action {
  switch (change.action) {
    case 'apply':
      return { kind: 'applyConfiguration', configuration: change };
    case 'edit':
      return { kind: 'editConfiguration', edit: change };
    case 'suspend':
    case 'resume':
      return { kind: 'suspendConfiguration', suspension: change };
    case 'remove':
      return { kind: 'removeConfiguration', removal: change };
  }
}

/** What an action writes: one writer per cluster and subject (law 8). */
export function subjectOf(action: Action): string {
  switch (action.kind) {
    case 'removeFluxV1':
      return FLUX_V1_SUBJECT;
    case 'ensureExtension':
    case 'removeExtension':
      return EXTENSION_SUBJECT;
    case 'applyConfiguration':
      return action.configuration.name;
    case 'editConfiguration':
      return action.edit.name;
    case 'suspendConfiguration':
      return action.suspension.name;
    case 'removeConfiguration':
      return action.removal.name;
  }
}

/** A subject in words. */
export function describeSubject(subject: string): string {
  if (subject === EXTENSION_SUBJECT) return 'the microsoft.flux extension';
  return subject === FLUX_V1_SUBJECT ? 'Flux v1' : `configuration ${subject}`;
}

/** True for an action that only makes sure Flux is there: it takes no lease, and many rollouts may do it at once. */
export function onlyEnsuresPresence(action: Action): boolean {
  if (action.kind !== 'ensureExtension') return false;
  const { configurationSettings, configurationProtectedSettings, ...extension } = action.extension;
  const { version, releaseTrain, autoUpgradeMinorVersion, releaseNamespace } = extension;
  const wishes = [version, releaseTrain, autoUpgradeMinorVersion, releaseNamespace, configurationProtectedSettings];
  return (
    wishes.every((wish) => wish === undefined) &&
    Object.keys(configurationSettings).length === 0 &&
    action.extension.repair === 'none'
  );
}

/** What a rollout writes on each cluster, for overlap checks: an extension that is merely ensured is not among it. */
export function subjectsOf(actions: readonly Action[]): string[] {
  return [...new Set(actions.filter((action) => !onlyEnsuresPresence(action)).map(subjectOf))];
}

/** An action in words, such as `apply cluster-config`. */
export function describeAction(action: Action): string {
  switch (action.kind) {
    case 'removeFluxV1':
      return 'remove Flux v1';
    case 'ensureExtension':
      return onlyEnsuresPresence(action) ? 'ensure the extension' : 'change the extension';
    case 'removeExtension':
      return 'remove the extension';
    case 'applyConfiguration':
      return `apply ${action.configuration.name}`;
    case 'editConfiguration':
      return `edit ${action.edit.name}`;
    case 'suspendConfiguration':
      return `${action.suspension.action} ${action.suspension.name}`;
    case 'removeConfiguration':
      return `remove ${action.removal.name}`;
  }
}
