import type { ArmJson } from '../../ports/arm.ts';
import { child } from './azure-cluster.ts';
import { hasSource } from './azure-source.ts';

/** The properties that a write leads to, or why it is refused. */
export type Wanted =
  { readonly ok: true; readonly properties: ArmJson } | { readonly ok: false; readonly detail: string };

/** What a PUT of a configuration leads to; `before` is there when it replaces one. */
export function replacedConfiguration(before: ArmJson | undefined, sent: ArmJson): Wanted {
  if (!hasSource(sent)) return refused(NO_SOURCE);
  return checked(before, sent);
}

/** What a PATCH of a configuration leads to. Protected settings are replaced as a whole, or kept when it names none. */
export function patchedConfiguration(before: ArmJson, patch: ArmJson): Wanted {
  const needsSource = 'kustomizations' in patch || 'sourceKind' in patch;
  if (needsSource && !hasSource(patch)) return refused(NO_SOURCE);
  const merged = withProtectedSettings(before, patch);
  return hasSource(merged) ? checked(before, merged) : refused(NO_SOURCE);
}

/** What a PUT of an extension leads to, with the defaults of the service. */
export function replacedExtension(sent: ArmJson): Wanted {
  const version = sent['version'] ?? null;
  if (version !== null && sent['autoUpgradeMinorVersion'] === true) {
    return refused("'version' cannot be given together with 'autoUpgradeMinorVersion: true'.");
  }
  return {
    ok: true,
    properties: {
      extensionType: 'microsoft.flux',
      autoUpgradeMinorVersion: sent['autoUpgradeMinorVersion'] ?? version === null,
      releaseTrain: sent['releaseTrain'] ?? 'Stable',
      version,
      scope: sent['scope'] ?? { cluster: { releaseNamespace: 'flux-system' } },
      configurationSettings: child(sent, 'configurationSettings'),
      configurationProtectedSettings: child(sent, 'configurationProtectedSettings'),
    },
  };
}

/** What a PATCH of an extension leads to: plain settings merged, protected ones replaced as a whole or kept. */
export function patchedExtension(before: ArmJson, patch: ArmJson): Wanted {
  return replacedExtension(withProtectedSettings(before, patch));
}

/** True when a PATCH changes nothing and begins no operation: sent secrets count as a change, since nobody can compare them. */
export function changesNothing(before: ArmJson, after: ArmJson, patch: ArmJson): boolean {
  return JSON.stringify(before) === JSON.stringify(after) && !('configurationProtectedSettings' in patch);
}

const NO_SOURCE = 'Invalid source kind match. Config with specified source kind must contain corresponding body.';

function checked(before: ArmJson | undefined, properties: ArmJson): Wanted {
  if (Object.keys(child(properties, 'kustomizations')).length === 0) return refused('A kustomization is required.');
  const moved =
    before && (['scope', 'namespace'] as const).find((key) => fixed(before, key) !== fixed(properties, key));
  return moved === undefined ? { ok: true, properties } : refused(`The property '${moved}' cannot be changed.`);
}

function fixed(properties: ArmJson, key: 'scope' | 'namespace'): unknown {
  return properties[key] ?? { scope: 'cluster', namespace: 'default' }[key];
}

function withProtectedSettings(before: ArmJson, patch: ArmJson): ArmJson {
  const { configurationProtectedSettings: sent, ...rest } = patch;
  const merged = mergePatch(before, rest);
  return sent === undefined || sent === null ? merged : { ...merged, configurationProtectedSettings: sent };
}

/** JSON merge patch (RFC 7396). */
function mergePatch(target: ArmJson, patch: ArmJson): ArmJson {
  const merged = new Map(Object.entries(target));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else if (typeof value === 'object' && !Array.isArray(value)) {
      merged.set(key, mergePatch(child(target, key), child(patch, key)));
    } else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

function refused(detail: string): Wanted {
  return { ok: false, detail };
}
