import type { Content } from '../fleet/artifact.ts';
import { accumulate, BuildError, type BuildPlace } from './accumulate.ts';
import { folderOf, join } from './file-tree.ts';
import { isEmpty, KustomizationFileError, kustomizationFileIn, readKustomization } from './kustomization-file.ts';
import type { KustomizationFields } from './kustomization-file.ts';
import { ManifestError, readManifests } from './manifests.ts';
import { YamlTextError } from './yaml-text.ts';

/** Left out of every source by Flux (`spec.ignore` of source-controller), as far as they end in .yaml or .yml. */
const IGNORED_FILES: ReadonlySet<string> = new Set([
  ...['.sops.yaml', '.flux.yaml', '.goreleaser.yml', '.travis.yml', '.gitlab-ci.yml', 'appveyor.yml', '.drone.yml'],
  ...['cloudbuild.yaml', 'codeship-services.yml', 'codeship-steps.yml'],
]);
const IGNORED_FOLDERS = /^(\.github|\.circleci)\//;

/**
 * What Flux's kustomize-controller makes of the path of a kustomization: the objects that its manifests name, or why they cannot
 * be built, with the reason and in the words of Flux and kustomize. Patches, generators and variables change nothing here.
 */
export async function buildKustomization(place: BuildPlace, path: string): Promise<Content> {
  const { tree, root } = place;
  const folder = join('', path);
  const shown = `${root}/${folder}`;
  if (!tree.hasFolder(folder) && !tree.hasFile(folder)) {
    const message = `kustomization path not found: stat ${shown}: no such file or directory`;
    return { objects: [], refusal: { reason: 'ArtifactFailed', message } };
  }
  try {
    if (tree.hasFile(folder)) throw new FluxError(`open ${shown}/kustomization.yaml: not a directory`);
    const file = kustomizationFileIn(tree, folder);
    const fields = file === undefined ? await generated(place, folder) : ownKustomization(await tree.read(file));
    if (file !== undefined && isEmpty(fields)) throw new BuildError('kustomization.yaml is empty');
    return { objects: await accumulate(place, folder, fields) };
  } catch (error) {
    if (error instanceof FluxError) return buildFailed(error.message);
    if (error instanceof BuildError) return buildFailed(`kustomize build failed: ${error.message}`);
    throw error;
  }
}

/** What Flux itself finds before kustomize has its turn. */
class FluxError extends Error {}

function buildFailed(message: string): Content {
  return { objects: [], refusal: { reason: 'BuildFailed', message } };
}

function ownKustomization(content: string): KustomizationFields {
  try {
    return readKustomization(content, true);
  } catch (error) {
    if (error instanceof YamlTextError) throw new FluxError(`error converting YAML to JSON: ${error.message}`);
    if (!(error instanceof KustomizationFileError)) throw error;
    throw new FluxError(`error unmarshaling JSON: while decoding JSON: ${error.message}`);
  }
}

/** A folder without a kustomization stands for one that names every manifest below it, and every folder that has its own. */
async function generated({ tree, root }: BuildPlace, folder: string): Promise<KustomizationFields> {
  const resources = new Set<string>();
  for (const file of tree.filesBelow(folder)) {
    const inside = file.slice(folder === '' ? 0 : folder.length + 1);
    const nested = foldersOn(inside).find((each) => kustomizationFileIn(tree, join(folder, each)) !== undefined);
    if (nested !== undefined) resources.add(`./${nested}`);
    if (nested !== undefined || !isManifestFile(file)) continue;
    try {
      readManifests(await tree.read(file));
    } catch (error) {
      if (!(error instanceof YamlTextError) && !(error instanceof ManifestError)) throw error;
      const problem = error instanceof YamlTextError ? `MalformedYAMLError: ${error.message}` : error.message;
      throw new FluxError(`failed to decode Kubernetes YAML from ${root}/${file}: ${problem}`);
    }
    resources.add(`./${inside}`);
  }
  return readKustomization(JSON.stringify({ resources: [...resources] }), true);
}

/** `a/b/c.yaml` → `a`, `a/b`. */
function foldersOn(file: string): string[] {
  const folders: string[] = [];
  for (let folder = folderOf(file); folder !== ''; folder = folderOf(folder)) folders.unshift(folder);
  return folders;
}

function isManifestFile(file: string): boolean {
  const name = file.split('/').at(-1) ?? '';
  return /\.ya?ml$/.test(name) && !IGNORED_FILES.has(name) && !IGNORED_FOLDERS.test(file);
}
