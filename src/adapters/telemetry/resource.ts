import { resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import { randomUUID } from 'node:crypto';
import manifest from '../../../package.json' with { type: 'json' };

/** What tells this process from others in traces and metrics (OpenTelemetry semantic conventions, "Resource"). */
export function resourceOf({ name, region }: { readonly name?: string; readonly region?: string }): Resource {
  return resourceFromAttributes({
    'service.name': 'flotilla',
    'service.version': manifest.version,
    // One per process: several of one instance would overwrite each other's counters.
    'service.instance.id': randomUUID(),
    ...(name !== undefined && {
      'cloud.provider': 'azure',
      'cloud.platform': 'azure.functions',
      'faas.name': name,
    }),
    ...(region !== undefined && { 'cloud.region': region }),
  });
}
