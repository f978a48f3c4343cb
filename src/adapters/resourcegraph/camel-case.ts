import type { ArmJson } from '../../ports/arm.ts';

/** Their keys are names that people chose: chart values, in their own casing. */
const SETTINGS = new Set(['configurationSettings', 'configurationProtectedSettings']);

/**
 * An extension's properties as ARM spells them, out of the PascalCase of Resource Graph
 * (learn.microsoft.com, "Sample Azure Resource Graph queries for Azure Arc-enabled Kubernetes").
 */
export function camelCased(properties: ArmJson): ArmJson {
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => {
      const name = key.charAt(0).toLowerCase() + key.slice(1);
      return [name, SETTINGS.has(name) ? value : nested(value)];
    }),
  );
}

function nested(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(nested);
  return typeof value === 'object' && value !== null ? camelCased(Object.fromEntries(Object.entries(value))) : value;
}
