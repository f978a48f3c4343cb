/** Files of a commit by path; null removes one. */
export type Files = Readonly<Record<string, string | null>>;

/** What the repository starts with: the hook has to be there before anything is rolled out. */
export const BEGINNING: Files = { 'README.md': '# The shop of the fleet\n' };

/** A namespace and its network first, then the shop in it. */
export const GOOD: Files = {
  'infra/namespace.yaml': manifest('v1', 'Namespace', 'shop'),
  'infra/network.yaml': manifest('networking.k8s.io/v1', 'NetworkPolicy', 'shop', 'shop'),
  'apps/kustomization.yaml': 'namespace: shop\nresources:\n  - web.yaml\n  - cache.yaml\n',
  'apps/web.yaml': web('1.4.0'),
  'apps/cache.yaml': manifest('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'redis'),
};

/** A new version of the shop, and a line whose indentation is lost: YAML that no cluster can build. */
export const BAD: Files = {
  'apps/web.yaml': `${web('1.5.0')}  env: [{ name: LOG, value: debug }\n`,
};

function web(version: string): string {
  const container = `{ name: web, image: "registry.example/shop:${version}" }`;
  return `${manifest('apps/v1', 'Deployment', 'web')}spec:\n  template:\n    spec:\n      containers:\n        - ${container}\n`;
}

function manifest(apiVersion: string, kind: string, name: string, namespace?: string): string {
  const where = namespace === undefined ? '' : `  namespace: ${namespace}\n`;
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${name}\n${where}`;
}
