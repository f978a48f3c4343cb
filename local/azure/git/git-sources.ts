import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Errors } from 'isomorphic-git';
import type { Artifact, Content } from '../fleet/artifact.ts';
import { buildKustomization } from '../kustomize/build.ts';
import type { FileTree } from '../kustomize/file-tree.ts';
import type { FluxSpec } from '../resources/flux-schema.ts';
import { findRevision } from './find-revision.ts';
import { isLoopbackRepository } from './loopback-http.ts';
import { Mirror } from './mirror.ts';

/** Commits and built paths remembered for each repository. Ours. */
const REMEMBERED_MAX = 500;

/** One repository with what was made of its commits, for all clusters together. */
interface Known {
  readonly mirror: Mirror;
  readonly trees: Map<string, Promise<FileTree>>;
  /** By commit and path. */
  readonly builds: Map<string, Promise<Content>>;
}

/** Git repositories on this machine, which clusters really fetch; all other sources are invented (`fleet/artifact.ts`). */
export class GitSources {
  readonly #known = new Map<string, Known>();
  readonly #underWay = new Set<Promise<Artifact>>();
  #folder: string | undefined;

  /** True when the source of a configuration is a Git repository on this machine. */
  serves({ sourceKind, gitRepository }: FluxSpec): boolean {
    return sourceKind === 'GitRepository' && gitRepository !== null && isLoopbackRepository(gitRepository.url);
  }

  /** What the source holds now, with every kustomization built. Never rejects: what goes wrong is the refusal of the source. */
  artifact(spec: FluxSpec): Promise<Artifact> {
    const artifact = this.#artifact(spec).finally(() => this.#underWay.delete(artifact));
    this.#underWay.add(artifact);
    return artifact;
  }

  /** Resolves once nothing is being fetched. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** Waits for what is under way and removes everything that was fetched. */
  async close(): Promise<void> {
    await this.settled();
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }

  async #artifact(spec: FluxSpec): Promise<Artifact> {
    const { url = '', repositoryRef = null } = spec.gitRepository ?? {};
    try {
      const known = this.#of(url);
      const found = await findRevision(known.mirror, repositoryRef, await known.mirror.refs());
      if (found.commit === undefined) return refused(found.problem);
      const contents = new Map<string, Content>();
      for (const [name, kustomization] of Object.entries(spec.kustomizations)) {
        contents.set(name, await contentOf(known, found.commit, kustomization.path));
      }
      return { revision: found.revision, contents };
    } catch (error) {
      return refused(`unable to clone '${url}': ${reasonOf(error)}`);
    }
  }

  #of(url: string): Known {
    const present = this.#known.get(url);
    if (present !== undefined) return present;
    this.#folder ??= mkdtempSync(path.join(tmpdir(), 'flotilla-mirrors-'));
    const mirror = new Mirror(url, path.join(this.#folder, `${this.#known.size}.git`));
    const added = { mirror, trees: new Map(), builds: new Map() };
    this.#known.set(url, added);
    return added;
  }
}

function contentOf({ mirror, trees, builds }: Known, commit: string, path: string): Promise<Content> {
  return remembered(builds, `${commit} ${path}`, async () => {
    const tree = await remembered(trees, commit, () => mirror.tree(commit));
    // Flux unpacks into a new folder each time; here the name follows from the commit, so that the same failure reads the same.
    const digits = Number.parseInt(createHash('sha256').update(`${commit} ${path}`).digest('hex').slice(0, 8), 16);
    return buildKustomization({ tree, root: `/tmp/kustomization-${digits}` }, path);
  });
}

/** Makes a value once; a failure is not remembered. The oldest go first. */
function remembered<T>(values: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const present = values.get(key);
  if (present !== undefined) return present;
  const made = make();
  values.set(key, made);
  made.catch(() => values.delete(key));
  const [oldest] = values.keys();
  if (values.size > REMEMBERED_MAX && oldest !== undefined) values.delete(oldest);
  return made;
}

function refused(problem: string): Artifact {
  const message = `failed to checkout and determine revision: ${problem}`;
  return { revision: '', refusal: { reason: 'GitOperationFailed', message }, contents: new Map() };
}

/** As go-git says it, for the two things that happen: nobody answers, or nobody knows the repository. */
function reasonOf(error: unknown): string {
  if (error instanceof Errors.HttpError && error.data.statusCode === 404) return 'repository not found';
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
