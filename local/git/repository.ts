import fs from 'node:fs';
import path from 'node:path';
import git from 'isomorphic-git';

/** A branch or tag of a repository, by its full name. */
export interface StoredRef {
  /** `refs/heads/main`, `refs/tags/v1.0.0`. */
  readonly name: string;
  /** What it points to: a commit, or the object of an annotated tag. */
  readonly oid: string;
}

/** What Git writes where a ref does not exist. */
export const NO_OBJECT = '0'.repeat(40);

/** Branches and tags are all that a repository of the local cloud has. */
const NAMESPACES = ['refs/heads', 'refs/tags'] as const;
const DEFAULT_BRANCH = 'refs/heads/main';

/** One bare repository in a folder. Nothing is ever collected: it lives as long as its host. */
export class Repository {
  readonly owner: string;
  readonly name: string;
  /** Counts up from 1 over the repositories of a host. */
  readonly id: number;
  readonly #at: { readonly fs: typeof fs; readonly gitdir: string; readonly cache: object };
  #last: Promise<unknown> = Promise.resolve();

  private constructor(gitdir: string, owner: string, name: string, id: number) {
    this.owner = owner;
    this.name = name;
    this.id = id;
    this.#at = { fs, gitdir, cache: {} };
  }

  static async create(folder: string, owner: string, name: string, id: number): Promise<Repository> {
    const gitdir = path.join(folder, owner, `${name}.git`);
    await git.init({ fs, dir: gitdir, gitdir, bare: true, defaultBranch: 'main' });
    return new Repository(gitdir, owner, name, id);
  }

  get fullName(): string {
    return `${this.owner}/${this.name}`;
  }

  /** Runs tasks that change refs one after the other. */
  exclusive<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(task, task);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** All branches and tags, sorted by name as Git advertises them. */
  async refs(): Promise<StoredRef[]> {
    const names: string[] = [];
    for (const filepath of NAMESPACES) {
      for (const short of await git.listRefs({ ...this.#at, filepath })) names.push(`${filepath}/${short}`);
    }
    const refs = names.sort().map(async (name) => ({ name, oid: await git.resolveRef({ ...this.#at, ref: name }) }));
    return Promise.all(refs);
  }

  /** The branch that a clone checks out: `main`, or else the first one that was pushed. Undefined while there is none. */
  async defaultBranch(): Promise<string | undefined> {
    const branches = (await this.refs()).filter(({ name }) => name.startsWith('refs/heads/'));
    const found = branches.find(({ name }) => name === DEFAULT_BRANCH) ?? branches[0];
    return found?.name;
  }

  async setRef(name: string, oid: string): Promise<void> {
    await git.writeRef({ ...this.#at, ref: name, value: oid, force: true });
  }

  async removeRef(name: string): Promise<void> {
    await git.deleteRef({ ...this.#at, ref: name });
  }

  /** Objects that an object names: a commit's tree and parents, a tree's entries, a tag's object. @throws when it is not there */
  async references(oid: string): Promise<string[]> {
    const read = await git.readObject({ ...this.#at, oid, format: 'parsed' });
    // Contents are never parsed; whatever else is not is not asked for.
    if (read.format !== 'parsed') return [];
    switch (read.type) {
      case 'commit':
        return [read.object.tree, ...read.object.parent];
      case 'tree':
        // A submodule's commit lives in another repository.
        return read.object.filter(({ type }) => type !== 'commit').map((entry) => entry.oid);
      case 'tag':
        return [read.object.object];
      case 'blob':
        return [];
    }
  }

  /** True when the object is in the repository, whether a ref leads to it or not. */
  async has(oid: string): Promise<boolean> {
    return git.readObject({ ...this.#at, oid, format: 'content' }).then(
      () => true,
      () => false,
    );
  }

  /** The commit that a ref stands for: what an annotated tag points to, else the object itself. */
  async peel(oid: string): Promise<string> {
    return (await git.readCommit({ ...this.#at, oid })).oid;
  }

  /** The commits that lead to one, newest first. */
  async log(oid: string, countMax?: number): Promise<Awaited<ReturnType<typeof git.log>>> {
    return git.log({ ...this.#at, ref: oid, ...(countMax !== undefined && { depth: countMax }) });
  }

  /** Files by path, with the id of their content, of one commit. */
  async files(commit: string): Promise<Map<string, string>> {
    const files = new Map<string, string>();
    const map = async (file: string, [entry]: (git.WalkerEntry | null)[]): Promise<void> => {
      if ((await entry?.type()) === 'blob') files.set(file, (await entry?.oid()) ?? '');
    };
    await git.walk({ ...this.#at, trees: [git.TREE({ ref: commit })], map });
    return files;
  }

  /** Takes in the objects of a pack. @throws when it cannot be read */
  async addPack(pack: Buffer): Promise<void> {
    const folder = path.join(this.#at.gitdir, 'objects/pack');
    await fs.promises.mkdir(folder, { recursive: true });
    const name = `pack-${pack.subarray(-20).toString('hex')}.pack`;
    const file = path.join(folder, name);
    await fs.promises.writeFile(file, pack);
    try {
      await git.indexPack({ ...this.#at, dir: folder, filepath: name });
    } catch (error) {
      await fs.promises.rm(file);
      throw error;
    }
  }

  /** The objects as one pack, without deltas. */
  async pack(oids: Iterable<string>): Promise<Buffer> {
    const { packfile } = await git.packObjects({ ...this.#at, oids: [...oids] });
    return Buffer.from(packfile ?? []);
  }
}
