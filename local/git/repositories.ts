import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GitHostError } from './http.ts';
import { Repository } from './repository.ts';

/** Repositories of one host. Ours. */
const REPOSITORIES_MAX = 200;
/** Names that are safe in a path and in a URL. */
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9_-])?$/;

/**
 * The repositories of one host, in a folder that is made with the first of them. Names are compared without case, as at the public
 * hosts.
 */
export class Repositories {
  readonly #byName = new Map<string, Promise<Repository>>();
  #folder: string | undefined;

  /** @throws GitHostError 404 when there is none of that name */
  async find(owner: string, given: string): Promise<Repository> {
    const name = bare(given);
    const found = await this.#byName.get(keyOf(owner, name));
    if (found === undefined) throw new GitHostError(404, `There is no repository ${owner}/${name}.`);
    return found;
  }

  /** The repository of that name, made when there is none. @throws GitHostError 400 or 403 when it cannot be made */
  async findOrCreate(owner: string, given: string): Promise<Repository> {
    const name = bare(given);
    const key = keyOf(owner, name);
    const present = this.#byName.get(key);
    if (present !== undefined) return present;
    for (const part of [owner, name]) {
      if (!NAME.test(part)) throw new GitHostError(400, `"${part}" cannot be part of a repository's name.`);
    }
    if (this.#byName.size >= REPOSITORIES_MAX) throw new GitHostError(403, `At most ${REPOSITORIES_MAX} repositories.`);
    this.#folder ??= mkdtempSync(path.join(tmpdir(), 'flotilla-git-'));
    const created = Repository.create(this.#folder, owner, name, this.#byName.size + 1);
    this.#byName.set(key, created);
    return created;
  }

  /** Removes them all. */
  async close(): Promise<void> {
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }
}

function keyOf(owner: string, name: string): string {
  return `${owner}/${name}`.toLowerCase();
}

/** URLs name a repository with `.git` or without. */
function bare(name: string): string {
  return name.replace(/\.git$/, '');
}
