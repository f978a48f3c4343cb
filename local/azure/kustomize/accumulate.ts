import { folderOf, join, type FileTree } from './file-tree.ts';
import { KustomizationFileError, kustomizationFileIn, readKustomization } from './kustomization-file.ts';
import type { KustomizationFields } from './kustomization-file.ts';
import { ManifestError, readManifests, type Manifest } from './manifests.ts';
import { renamed } from './rename.ts';
import { YamlTextError } from './yaml-text.ts';

/** A build that kustomize gives up, in its words. */
export class BuildError extends Error {}

/** Where a build happens: the files of the commit, and the folder that texts show in front of their paths. */
export interface BuildPlace {
  readonly tree: FileTree;
  /** `/tmp/kustomization-…`: where Flux unpacks a source. */
  readonly root: string;
}

/** Kustomizations inside one another; kustomize knows no limit, a loop is found before. Ours. */
const DEPTH_MAX = 30;

/**
 * The objects of a folder: everything that its kustomization names, renamed as it says.
 *
 * @param parents folders on the way here, which must not come again
 * @throws BuildError
 */
export async function accumulate(
  place: BuildPlace,
  folder: string,
  fields: KustomizationFields,
  parents: readonly string[] = [],
): Promise<Manifest[]> {
  const manifests = new Map<string, Manifest>();
  const own = [...parents, folder];
  for (const resource of [...fields.resources, ...fields.bases]) {
    if (isRemote(resource)) continue;
    for (const manifest of await resourceAt(place, folder, resource, own)) {
      const id = idOf(manifest);
      if (manifests.has(id)) throw new BuildError(collisionText(place, join(folder, resource), resource, id));
      manifests.set(id, manifest);
    }
  }
  for (const component of fields.components) {
    if (isRemote(component)) continue;
    for (const manifest of await componentAt(place, join(folder, component), own)) {
      manifests.set(idOf(manifest), manifest);
    }
  }
  return [...manifests.values()].map((manifest) => renamed(manifest, fields));
}

/** The clusters of the local cloud fetch nothing from elsewhere: what is there counts as built and empty. */
function isRemote(resource: string): boolean {
  return /^[a-z+]+:\/\/|^git@|^(www\.)?(github\.com|gitlab\.com|bitbucket\.org)[/:]/i.test(resource);
}

async function resourceAt(
  place: BuildPlace,
  folder: string,
  resource: string,
  parents: readonly string[],
): Promise<Manifest[]> {
  const { tree, root } = place;
  const target = join(folder, resource);
  const shown = `${root}/${target}`;
  if (tree.hasFile(target)) return manifestsIn(place, target, resource);
  if (!tree.hasFolder(target)) {
    const missing = `open ${shown}: no such file or directory`;
    const link = `evalsymlink failure on '${shown}' : lstat ${shown}: no such file or directory`;
    throw new BuildError(`${accumulation(resource, missing)}: must build at directory: not a valid directory: ${link}`);
  }
  const isFolder = `${accumulation(resource, `read ${shown}: is a directory`)}: `;
  return folderAt(place, target, parents, isFolder);
}

async function componentAt(place: BuildPlace, target: string, parents: readonly string[]): Promise<Manifest[]> {
  const { tree, root } = place;
  const shown = `${root}/${target}`;
  const text = 'accumulating components: accumulateDirectory: ';
  if (tree.hasFolder(target) && !tree.hasFile(target)) return folderAt(place, target, parents, text);
  const link = `evalsymlink failure on '${shown}' : lstat ${shown}: no such file or directory`;
  throw new BuildError(`${text}"new loader: must build at directory: not a valid directory: ${link}"`);
}

async function folderAt(
  place: BuildPlace,
  target: string,
  parents: readonly string[],
  textBefore: string,
): Promise<Manifest[]> {
  const { tree, root } = place;
  const shown = `${root}/${target}`;
  if (parents.includes(target) || parents.length >= DEPTH_MAX) {
    throw new BuildError(`${textBefore}cycle detected: candidate root '${shown}' contains visited root '${shown}'`);
  }
  const make = `${textBefore}couldn't make target for path '${shown}': `;
  const file = kustomizationFileIn(tree, target);
  if (file === undefined) {
    const names = "'kustomization.yaml', 'kustomization.yml' or 'Kustomization'";
    throw new BuildError(`${make}unable to find one of ${names} in directory '${shown}'`);
  }
  const fields = kustomizationOf(await tree.read(file), `${make}invalid Kustomization: `);
  return accumulate(place, folderOf(file), fields, parents).catch((error: unknown) => {
    if (!(error instanceof BuildError)) throw error;
    throw new BuildError(`${textBefore}recursed accumulation of path '${shown}': ${error.message}`);
  });
}

function kustomizationOf(content: string, textBefore: string): KustomizationFields {
  try {
    return readKustomization(content, false);
  } catch (error) {
    if (error instanceof YamlTextError) {
      throw new BuildError(`${textBefore}error converting YAML to JSON: ${error.message}`);
    }
    throw error instanceof KustomizationFileError ? new BuildError(`${textBefore}${error.message}`) : error;
  }
}

async function manifestsIn({ tree, root }: BuildPlace, file: string, resource: string): Promise<Manifest[]> {
  try {
    return readManifests(await tree.read(file));
  } catch (error) {
    if (error instanceof YamlTextError) {
      const text = `accumulating resources: accumulating resources from '${resource}': `;
      throw new BuildError(`${text}MalformedYAMLError: ${error.message} in File: ${resource}`);
    }
    if (!(error instanceof ManifestError)) throw error;
    const directory = `must build at directory: '${root}/${file}': file is not directory`;
    throw new BuildError(`${accumulation(resource, error.message)}: ${directory}`);
  }
}

function accumulation(resource: string, problem: string): string {
  return `accumulating resources: accumulation err='accumulating resources from '${resource}': ${problem}'`;
}

function collisionText({ root }: BuildPlace, file: string, resource: string, id: string): string {
  const problem = `merging resources from '${resource}': may not add resource with an already registered id: ${id}`;
  const directory = `must build at directory: '${root}/${file}': file is not directory`;
  return `accumulating resources: accumulation err='${problem}': ${directory}`;
}

/** kustomize's own: `Deployment.v1.apps/web.shop`. */
function idOf({ apiVersion, kind, name, namespace }: Manifest): string {
  const [version = '', group = '[noGrp]'] = apiVersion.split('/').reverse();
  return `${kind}.${version}.${group}/${name}.${namespace ?? '[noNs]'}`;
}
