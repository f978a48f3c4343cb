import { z } from 'zod';
import type { FileTree } from './file-tree.ts';
import { readYaml } from './yaml-text.ts';

const texts = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? []);
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

/** The fields of a kustomization that decide which objects there are and how they are called. */
const kustomizationFields = z.looseObject({
  resources: texts,
  bases: texts,
  components: texts,
  namespace: text,
  namePrefix: text,
  nameSuffix: text,
});
export type KustomizationFields = z.infer<typeof kustomizationFields>;

const FILE_NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;
/** Fields that are there in every kustomization and make nothing. */
const TYPE_FIELDS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);
/** Every field of kustomize's `types.Kustomization`; others are refused wherever it reads a file itself. */
const FIELDS: ReadonlySet<string> = new Set([
  ...TYPE_FIELDS,
  ...['resources', 'bases', 'components', 'crds', 'namespace', 'namePrefix', 'nameSuffix', 'openapi', 'inventory'],
  ...['labels', 'commonLabels', 'commonAnnotations', 'images', 'imageTags', 'replicas', 'replacements', 'vars'],
  ...['patches', 'patchesStrategicMerge', 'patchesJson6902', 'configMapGenerator', 'secretGenerator'],
  ...['generatorOptions', 'generators', 'transformers', 'validators', 'configurations', 'sortOptions'],
  ...['helmGlobals', 'helmCharts', 'helmChartInflationGenerator', 'buildMetadata'],
]);

/** A kustomization file that kustomize refuses, in its words. */
export class KustomizationFileError extends Error {}

/** The kustomization file of a folder. */
export function kustomizationFileIn(tree: FileTree, folder: string): string | undefined {
  const prefix = folder === '' ? '' : `${folder}/`;
  return FILE_NAMES.map((name) => `${prefix}${name}`).find((file) => tree.hasFile(file));
}

/**
 * Reads a kustomization file. The one at the path of a Flux kustomization is read and written anew by Flux, which loses fields that
 * nobody knows; below it kustomize reads for itself and refuses them.
 *
 * @throws KustomizationFileError YamlTextError
 */
export function readKustomization(content: string, isTop: boolean): KustomizationFields {
  const [value = {}] = readYaml(content);
  const read = kustomizationFields.safeParse(value);
  if (!read.success) throw new KustomizationFileError(typeProblem(read.error.issues[0], value));
  const unknown = Object.keys(read.data).find((field) => !FIELDS.has(field));
  if (unknown !== undefined && !isTop) throw new KustomizationFileError(`json: unknown field "${unknown}"`);
  return read.data;
}

/** True when nothing in it makes or changes an object: kustomize refuses such a file. */
export function isEmpty(fields: KustomizationFields): boolean {
  return !Object.entries(fields).some(([field, value]) => {
    if (TYPE_FIELDS.has(field) || !FIELDS.has(field)) return false;
    return Array.isArray(value) ? value.length > 0 : value !== '' && value !== null && value !== undefined;
  });
}

function typeProblem(issue: z.core.$ZodIssue | undefined, value: unknown): string {
  const field = issue?.path[0];
  if (field === undefined) return `json: cannot unmarshal ${jsonType(value)} into Go value of type types.Kustomization`;
  const isText = ['namespace', 'namePrefix', 'nameSuffix'].includes(String(field));
  const given = z.record(z.string(), z.unknown()).safeParse(value).data?.[String(field)];
  const found = issue?.path.length === 1 ? jsonType(given) : 'object';
  const type = isText || issue?.path.length !== 1 ? 'string' : '[]string';
  return `json: cannot unmarshal ${found} into Go struct field Kustomization.${String(field)} of type ${type}`;
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
