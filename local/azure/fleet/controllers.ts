import { fluxExtension, type Cluster } from './cluster.ts';

/** Which of the Flux controllers that matter for a verdict run in a cluster. */
export interface Controllers {
  readonly source: boolean;
  readonly kustomize: boolean;
  readonly helm: boolean;
}

/** All three run unless a setting of the extension switches one off; settings are texts (flux.md a.12). */
export function controllersOf(cluster: Cluster): Controllers {
  const settings = fluxExtension(cluster)?.spec.configurationSettings ?? {};
  const isOn = (name: string): boolean => settings[`${name}-controller.enabled`]?.toLowerCase() !== 'false';
  return { source: isOn('source'), kustomize: isOn('kustomize'), helm: isOn('helm') };
}
