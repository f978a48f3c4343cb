import type { FieldDifference } from '../flux/diff.ts';
import { isJson, type Json } from '../flux/json.ts';
import { objectOf } from '../flux/raw-json.ts';
import { comparable } from './comparable.ts';

/**
 * The paths of `diffConfiguration` that a template sets, null included, since that empties a field. What it does not mention (other
 * kustomizations, `wait`, variables, how long to wait) is no matter of the definition.
 */
export function isSetBy(properties: Json): (path: string) => boolean {
  const paths = new Set<string>();
  const collect = (prefix: string, json: Json): void => {
    for (const [key, value] of Object.entries(json)) {
      const path = `${prefix}${key}`;
      paths.add(path);
      if (prefix === 'kustomizations.') paths.add(`${path}{}`);
      if (isJson(value)) collect(`${path}.`, value);
    }
  };
  collect('', properties);
  return (path) => paths.has(path);
}

/** In what an extension is not as the built-in definition deploys it. Settings are texts once the service has them. */
export function diffPolicyExtension(want: Json, have: Json): FieldDifference[] {
  const settings = objectOf(have.configurationSettings);
  const compared: FieldDifference[] = [
    { path: 'releaseTrain', desired: want.releaseTrain, actual: have.releaseTrain ?? 'Stable' },
    {
      path: 'autoUpgradeMinorVersion',
      desired: want.autoUpgradeMinorVersion,
      actual: have.autoUpgradeMinorVersion ?? true,
    },
    { path: 'version', desired: want.version, actual: have.version ?? undefined },
    ...Object.entries(objectOf(want.configurationSettings)).map(([name, desired]) => ({
      path: `configurationSettings.${name}`,
      desired,
      actual: settings[name] ?? undefined,
    })),
  ];
  return compared.filter(
    ({ desired, actual }) => desired !== null && desired !== undefined && comparable(desired) !== comparable(actual),
  );
}
