/**
 * Version of all that is stored and sent: it stands in `schema` of every row and message. It is raised when the version before would
 * misunderstand what is written now, or could not read it; fields that may be absent raise nothing (ADR 0023).
 */
export const SCHEMA = 1;

/** Code of the `Transient` that is thrown at a row of a newer version: a process of that version can go on. */
export const NEWER_VERSION = 'NewerVersion';

/** True for a row's value or a message that a newer version made. */
export function isNewer(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('schema' in value)) return false;
  return typeof value.schema === 'number' && value.schema > SCHEMA;
}
