import { isJsonObject, type JsonObject } from '../json.ts';

/** Their keys are names that people chose: they stay as they were sent. */
const SETTINGS = new Set(['configurationSettings', 'configurationProtectedSettings']);

/** Properties with names as the docs sample shows them for extensions (`properties.ExtensionType`, `Statuses[].Message`). */
export function pascalCased(properties: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      name.charAt(0).toUpperCase() + name.slice(1),
      SETTINGS.has(name) ? value : nested(value),
    ]),
  );
}

function nested(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(nested);
  return isJsonObject(value) ? pascalCased(value) : value;
}
