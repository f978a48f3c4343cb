import type { ArmJson } from '../../ports/arm.ts';
import { child } from './azure-cluster.ts';

/** Secrets inside the sources, and what a GET shows in their place; `*` is every key. */
const HIDDEN: readonly (readonly [path: readonly string[], mark: string])[] = [
  [['configurationProtectedSettings', '*'], ''],
  [['azureBlob', 'accountKey'], ''],
  [['azureBlob', 'sasToken'], ''],
  [['azureBlob', 'servicePrincipal', 'clientSecret'], ''],
  [['azureBlob', 'servicePrincipal', 'clientCertificate'], ''],
  [['azureBlob', 'servicePrincipal', 'clientCertificatePassword'], ''],
  [['ociRepository', 'tlsConfig', '*'], '<redacted>'],
  [['ociRepository', 'verify', 'verificationConfig', '*'], '<redacted>'],
];

/** Properties as a GET shows them: secrets that were given keep their place, without their value. */
export function redacted(properties: ArmJson): ArmJson {
  const shown = HIDDEN.reduce((json, [path, mark]) => hide(json, path, mark), properties);
  return { ...shown, configurationProtectedSettings: child(shown, 'configurationProtectedSettings') };
}

function hide(json: ArmJson, [key, ...rest]: readonly string[], mark: string): ArmJson {
  if (key === undefined) return json;
  if (key === '*') return Object.keys(json).reduce((hidden, each) => hide(hidden, [each], mark), json);
  const value = json[key];
  if (value === undefined || value === null) return json;
  return { ...json, [key]: rest.length === 0 ? mark : hide(child(json, key), rest, mark) };
}
