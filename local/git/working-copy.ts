import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import git from 'isomorphic-git';
import http from 'isomorphic-git/http/node';
import type { LocalClock } from '../clock.ts';

const AUTHOR = { name: 'Local cloud', email: 'somebody@local.example' };

/** Somebody's clone of a repository, in a folder of its own: writes, commits and pushes as Git does, without Git. */
export class WorkingCopy {
  readonly url: string;
  readonly #clock: LocalClock;
  readonly #dir: string;
  readonly #branch: string;

  private constructor(url: string, clock: LocalClock, dir: string, branch: string) {
    this.url = url;
    this.#clock = clock;
    this.#dir = dir;
    this.#branch = branch;
  }

  /** An empty one, whose first push makes the branch. The clock gives commits their times. */
  static async create(url: string, clock: LocalClock, branch = 'main'): Promise<WorkingCopy> {
    const dir = await fs.promises.mkdtemp(path.join(tmpdir(), 'flotilla-working-copy-'));
    await git.init({ fs, dir, defaultBranch: branch });
    await git.addRemote({ fs, dir, remote: 'origin', url });
    return new WorkingCopy(url, clock, dir, branch);
  }

  /** Writes files (null removes one), commits them and returns the id of the commit. */
  async commit(message: string, files: Readonly<Record<string, string | null>>): Promise<string> {
    const at = { fs, dir: this.#dir };
    for (const [filepath, content] of Object.entries(files)) {
      const file = path.join(this.#dir, filepath);
      if (content === null) {
        await fs.promises.rm(file);
        await git.remove({ ...at, filepath });
        continue;
      }
      await fs.promises.mkdir(path.dirname(file), { recursive: true });
      await fs.promises.writeFile(file, content);
      await git.add({ ...at, filepath });
    }
    return git.commit({ ...at, message, ...this.#signatures() });
  }

  /** A commit that takes the last one back: the tree is that of its parent again. */
  async revert(message: string): Promise<string> {
    const at = { fs, dir: this.#dir };
    const [last, before] = await git.log({ ...at, depth: 2 });
    if (last === undefined || before === undefined) throw new Error('there is no commit to take back');
    const made = { message, tree: before.commit.tree, parent: [last.oid], ...this.#signatures() };
    const oid = await git.commit({ ...at, ...made });
    await git.checkout({ ...at, ref: this.#branch, force: true });
    return oid;
  }

  /** Goes back to an earlier commit, as before a push that rewrites history. */
  async reset(commit: string): Promise<void> {
    const at = { fs, dir: this.#dir };
    await git.writeRef({ ...at, ref: `refs/heads/${this.#branch}`, value: commit, force: true });
    await git.checkout({ ...at, ref: this.#branch, force: true });
  }

  async tag(name: string, annotation?: string): Promise<void> {
    const at = { fs, dir: this.#dir };
    if (annotation === undefined) await git.tag({ ...at, ref: name });
    else await git.annotatedTag({ ...at, ref: name, message: annotation, tagger: this.#signatures().author });
  }

  /** Pushes the branch, or another ref by its full name. @throws when the host refuses */
  async push({ ref = `refs/heads/${this.#branch}`, force = false, remove = false } = {}): Promise<void> {
    await git.push({ fs, http, dir: this.#dir, remote: 'origin', ref, remoteRef: ref, force, delete: remove });
  }

  /** Removes the folder. */
  async close(): Promise<void> {
    await fs.promises.rm(this.#dir, { recursive: true, force: true });
  }

  #signatures() {
    const timestamp = Math.floor(this.#clock.now() / 1000);
    const signature = { ...AUTHOR, timestamp, timezoneOffset: 0 };
    return { author: signature, committer: signature };
  }
}
