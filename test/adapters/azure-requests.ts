import type { MemoryTelemetry } from '../../src/adapters/memory/telemetry.ts';
import type { Attributes } from '../../src/ports/telemetry.ts';

/** Kind and status of each request to Azure that was counted. */
export function countedIn({ counted }: MemoryTelemetry): Attributes[] {
  return counted.filter(({ name }) => name === 'flotilla.azure.requests').map(({ attributes }) => attributes);
}
