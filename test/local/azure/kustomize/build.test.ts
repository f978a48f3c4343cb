import { describe, expect, test } from 'vitest';
import { objectText } from '../../../../local/azure/fleet/artifact.ts';
import { buildKustomization } from '../../../../local/azure/kustomize/build.ts';
import { FileTree } from '../../../../local/azure/kustomize/file-tree.ts';

const object = (kind: string, name: string, namespace?: string): string =>
  `apiVersion: ${kind === 'Deployment' ? 'apps/v1' : 'v1'}\nkind: ${kind}\nmetadata:\n  name: ${name}\n` +
  (namespace === undefined ? '' : `  namespace: ${namespace}\n`);
const WEB = object('Deployment', 'web', 'shop');
const BROKEN = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a: b\n';

async function build(files: Record<string, string>, path: string) {
  const tree = new FileTree(Object.keys(files), async (file) => files[file]!);
  const { objects, refusal } = await buildKustomization({ tree, root: '/tmp/kustomization-1' }, path);
  return { objects: objects.map(objectText), refusal };
}

describe('a folder without a kustomization', () => {
  test('stands for every manifest below it; folders with their own kustomization count as one', async () => {
    const files = {
      'apps/web.yaml': `${WEB}---\n${object('Service', 'web', 'shop')}---\n`,
      'apps/db/config.yml': object('ConfigMap', 'db'),
      'apps/cache/kustomization.yaml': 'namespace: cache\nresources: [redis.yaml]\n',
      'apps/cache/redis.yaml': object('Deployment', 'redis'),
      'apps/cache/unused.yaml': BROKEN,
      'apps/README.md': '# not YAML: at all:',
      'apps/.sops.yaml': 'creation_rules: []\n',
      'other/web.yaml': BROKEN,
    };
    const expected = ['Deployment/cache/redis', 'ConfigMap/db', 'Deployment/shop/web', 'Service/shop/web'];
    expect(await build(files, './apps')).toEqual({ objects: expected, refusal: undefined });
    expect(await build(files, '/apps/')).toEqual({ objects: expected, refusal: undefined });
    expect(await build({ 'web.yaml': WEB }, '')).toEqual({ objects: ['Deployment/shop/web'], refusal: undefined });
    expect(await build({ 'a/b.txt': '' }, 'a')).toEqual({ objects: [], refusal: undefined });
  });

  test('lists are what they list', async () => {
    const list = JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } }],
    });
    expect((await build({ 'a/list.yaml': list }, 'a')).objects).toEqual(['Secret/a']);
  });
});

test('a kustomization names what it takes, and renames it', async () => {
  const files = {
    'base/kustomization.yaml': 'resources:\n- web.yaml\n- ns.yaml\n- https://example.com/remote.yaml\n',
    'base/web.yaml': object('Deployment', 'web'),
    'base/ns.yaml': object('Namespace', 'shop'),
    'base/ignored.yaml': BROKEN,
    'extra/kustomization.yaml': 'kind: Component\nresources: [job.yaml]\n',
    'extra/job.yaml': object('Job', 'once', 'elsewhere'),
    'overlays/prod/Kustomization':
      'namespace: shop\nnamePrefix: prod-\nnameSuffix: -v2\nresources: [../../base]\ncomponents: [../../extra]\npatches: []\n',
  };
  expect(await build(files, 'overlays/prod')).toEqual({
    objects: ['Deployment/shop/prod-web-v2', 'Namespace/shop', 'Job/shop/prod-once-v2'],
    refusal: undefined,
  });
});

const kustomization = (resources: string): string => `resources: [${resources}]\n`;
const NO_KUSTOMIZATION =
  "unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '/tmp/kustomization-1/base'";

interface Failure {
  readonly what: string;
  readonly files: Record<string, string>;
  readonly reason?: string;
  readonly message: string | RegExp;
}

test.each<Failure>([
  {
    what: 'a path that is not there',
    files: { 'other/web.yaml': WEB },
    reason: 'ArtifactFailed',
    message: 'kustomization path not found: stat /tmp/kustomization-1/apps: no such file or directory',
  },
  {
    what: 'a path that is a file',
    files: { apps: WEB },
    message: 'open /tmp/kustomization-1/apps/kustomization.yaml: not a directory',
  },
  {
    what: 'broken YAML that nothing names',
    files: { 'apps/web.yaml': BROKEN },
    message:
      'failed to decode Kubernetes YAML from /tmp/kustomization-1/apps/web.yaml: MalformedYAMLError: yaml: line 4: mapping values are not allowed in this context',
  },
  {
    what: 'YAML that is no object',
    files: { 'apps/values.yaml': 'replicas: 3\n' },
    message: 'failed to decode Kubernetes YAML from /tmp/kustomization-1/apps/values.yaml: missing Resource metadata',
  },
  {
    what: 'an object without a name',
    files: { 'apps/web.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {}\n' },
    message:
      'failed to decode Kubernetes YAML from /tmp/kustomization-1/apps/web.yaml: missing metadata.name in object {{apps/v1 Deployment} {{ } map[] map[]}}',
  },
  {
    what: 'broken YAML that a kustomization names',
    files: { 'apps/kustomization.yaml': kustomization('web.yaml'), 'apps/web.yaml': BROKEN },
    message:
      "kustomize build failed: accumulating resources: accumulating resources from 'web.yaml': MalformedYAMLError: yaml: line 4: mapping values are not allowed in this context in File: web.yaml",
  },
  {
    what: 'a resource that is no object',
    files: { 'apps/kustomization.yaml': kustomization('web.yaml'), 'apps/web.yaml': 'a: 1' },
    message:
      "kustomize build failed: accumulating resources: accumulation err='accumulating resources from 'web.yaml': missing Resource metadata': must build at directory: '/tmp/kustomization-1/apps/web.yaml': file is not directory",
  },
  {
    what: 'a resource that is not there',
    files: { 'apps/kustomization.yaml': kustomization('web.yaml') },
    message:
      "kustomize build failed: accumulating resources: accumulation err='accumulating resources from 'web.yaml': open /tmp/kustomization-1/apps/web.yaml: no such file or directory': must build at directory: not a valid directory: evalsymlink failure on '/tmp/kustomization-1/apps/web.yaml' : lstat /tmp/kustomization-1/apps/web.yaml: no such file or directory",
  },
  {
    what: 'a base without a kustomization',
    files: { 'apps/kustomization.yaml': kustomization('../base'), 'base/web.yaml': WEB },
    message: `kustomize build failed: accumulating resources: accumulation err='accumulating resources from '../base': read /tmp/kustomization-1/base: is a directory': couldn't make target for path '/tmp/kustomization-1/base': ${NO_KUSTOMIZATION}`,
  },
  {
    what: 'a field that nobody knows, in a base',
    files: { 'apps/kustomization.yaml': kustomization('../base'), 'base/kustomization.yaml': 'resource:\n- a.yaml\n' },
    message:
      "kustomize build failed: accumulating resources: accumulation err='accumulating resources from '../base': read /tmp/kustomization-1/base: is a directory': couldn't make target for path '/tmp/kustomization-1/base': invalid Kustomization: json: unknown field \"resource\"",
  },
  {
    what: 'a failure inside a base',
    files: {
      'apps/kustomization.yaml': kustomization('../base'),
      'base/kustomization.yaml': kustomization('a.yaml'),
      'base/a.yaml': 'a: 1',
    },
    message:
      "kustomize build failed: accumulating resources: accumulation err='accumulating resources from '../base': read /tmp/kustomization-1/base: is a directory': recursed accumulation of path '/tmp/kustomization-1/base': accumulating resources: accumulation err='accumulating resources from 'a.yaml': missing Resource metadata': must build at directory: '/tmp/kustomization-1/base/a.yaml': file is not directory",
  },
  {
    what: 'a kustomization in which nothing is known',
    files: { 'apps/kustomization.yaml': 'kind: Kustomization\nresource:\n- web.yaml\n', 'apps/web.yaml': WEB },
    message: 'kustomize build failed: kustomization.yaml is empty',
  },
  {
    what: 'a kustomization that is no YAML',
    files: { 'apps/kustomization.yaml': 'resources:\n\t- a' },
    message: 'error converting YAML to JSON: yaml: line 2: found character that cannot start any token',
  },
  {
    what: 'resources that are no list',
    files: { 'apps/kustomization.yaml': 'resources: web.yaml\n' },
    message:
      'error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go struct field Kustomization.resources of type []string',
  },
  {
    what: 'the same object twice',
    files: { 'apps/kustomization.yaml': kustomization('a.yaml, b.yaml'), 'apps/a.yaml': WEB, 'apps/b.yaml': WEB },
    message:
      "kustomize build failed: accumulating resources: accumulation err='merging resources from 'b.yaml': may not add resource with an already registered id: Deployment.v1.apps/web.shop': must build at directory: '/tmp/kustomization-1/apps/b.yaml': file is not directory",
  },
  {
    what: 'kustomizations that name each other',
    files: { 'apps/kustomization.yaml': kustomization('../base'), 'base/kustomization.yaml': kustomization('../apps') },
    message: /cycle detected: candidate root '\/tmp\/kustomization-1\/apps' contains visited root/,
  },
  {
    what: 'a component that is not there',
    files: { 'apps/kustomization.yaml': 'components: [../extra]\n' },
    message: /^kustomize build failed: accumulating components: .*lstat \/tmp\/kustomization-1\/extra: no such file/,
  },
  {
    what: 'an alias that blows up',
    files: {
      'apps/a.yaml': [
        'a: &a [x, x, x, x, x, x, x, x, x]',
        ...'bcdef'.split('').map((key, index) => `${key}: &${key} [${Array(9).fill(`*${'abcde'[index]}`).join(', ')}]`),
      ].join('\n'),
    },
    message: /^failed to decode Kubernetes YAML .*Excessive alias count/,
  },
])('$what fails as in Flux', async ({ files, reason = 'BuildFailed', message }) => {
  const { objects, refusal } = await build(files, './apps');
  expect(objects).toEqual([]);
  expect(refusal?.reason).toBe(reason);
  if (typeof message === 'string') expect(refusal?.message).toBe(message);
  else expect(refusal?.message).toMatch(message);
});
