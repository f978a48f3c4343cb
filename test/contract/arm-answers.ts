import type { ArmFault, ArmJson, ArmResult } from '../../src/ports/arm.ts';

/** The value of an answer that must have one. */
export function valueOf<T>(result: ArmResult<T>): T {
  if (!result.ok) throw new Error(`expected a value, got ${JSON.stringify(result.fault)}`);
  return result.value;
}

/** The fault of an answer that must be one. */
export function faultOf(result: ArmResult<unknown>): ArmFault {
  if (result.ok) throw new Error(`expected a fault, got ${JSON.stringify(result.value)}`);
  return result.fault;
}

/** `properties` of a raw resource; undefined when there is none. */
export function properties(resource: ArmJson | undefined): Record<string, unknown> {
  return resource?.['properties'] as Record<string, unknown>;
}
