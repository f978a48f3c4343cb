import type { LocalCloud } from '../../../local/up/cloud.ts';

/** One write of a configuration as simulated Azure saw it. */
export interface Write {
  readonly cluster: string;
  readonly atMs: number;
  readonly status: number;
  readonly body: unknown;
}

/** Every PUT of the configuration with this name, oldest first. Cluster ids in lower case. */
export function configurationWrites({ azure }: LocalCloud, name: string): Write[] {
  const suffix = `/providers/microsoft.kubernetesconfiguration/fluxconfigurations/${name}`;
  return putsEndingWith(azure.journal.writes, suffix);
}

/** Every PUT of an extension. */
export function extensionWrites({ azure }: LocalCloud): Write[] {
  return putsEndingWith(azure.journal.writes, '/providers/microsoft.kubernetesconfiguration/extensions/flux');
}

function putsEndingWith(writes: LocalCloud['azure']['journal']['writes'], suffix: string): Write[] {
  return writes.flatMap(({ method, url, time, status, requestBody }) => {
    const path = (url.split('?')[0] ?? '').toLowerCase();
    if (method !== 'PUT' || !path.endsWith(suffix)) return [];
    return [{ cluster: path.slice(0, -suffix.length), atMs: Date.parse(time), status, body: requestBody }];
  });
}
