import fs from 'node:fs';
import git from 'isomorphic-git';
import { FileTree } from '../kustomize/file-tree.ts';
import { loopbackHttp } from './loopback-http.ts';

/** A branch or tag at its host: the commit, also where an annotated tag stands before it. */
export interface RemoteRef {
  /** `refs/heads/main`. */
  readonly name: string;
  readonly commit: string;
}

/** One repository, as the clusters know it: its objects are fetched once for all of them. */
export class Mirror {
  readonly url: string;
  readonly #at: { readonly fs: typeof fs; readonly gitdir: string; readonly cache: object };
  #refs: Promise<RemoteRef[]> | undefined;
  #ready: Promise<void> | undefined;

  constructor(url: string, gitdir: string) {
    this.url = url;
    this.#at = { fs, gitdir, cache: {} };
  }

  /**
   * Branches and tags as they are now, with all of their objects fetched; who asks while an answer is under way shares it.
   *
   * @throws when the host does not answer as a Git host does
   */
  refs(): Promise<RemoteRef[]> {
    this.#refs ??= this.#update().finally(() => (this.#refs = undefined));
    return this.#refs;
  }

  /** True when a commit is one of those that lead to another one. */
  async leadsTo(commit: string, head: string): Promise<boolean> {
    if (commit === head) return true;
    return git.isDescendent({ ...this.#at, oid: head, ancestor: commit, depth: -1 }).catch(() => false);
  }

  /** The files of a commit that was fetched. */
  async tree(commit: string): Promise<FileTree> {
    const files = new Map<string, string>();
    const map = async (file: string, [entry]: (git.WalkerEntry | null)[]): Promise<void> => {
      if ((await entry?.type()) === 'blob') files.set(file, (await entry?.oid()) ?? '');
    };
    await git.walk({ ...this.#at, trees: [git.TREE({ ref: commit })], map });
    return new FileTree(files.keys(), (file) => this.#read(files.get(file) ?? ''));
  }

  async #read(oid: string): Promise<string> {
    const { blob } = await git.readBlob({ ...this.#at, oid });
    return Buffer.from(blob).toString();
  }

  async #update(): Promise<RemoteRef[]> {
    const { url } = this;
    const asked = { http: loopbackHttp, url, prefix: 'refs/', protocolVersion: 1 as const, peelTags: true };
    const refs = await git.listServerRefs(asked);
    const known = await Promise.all(refs.map(({ oid }) => this.#has(oid)));
    const missing = refs.find((_, index) => known[index] === false);
    if (missing !== undefined) await this.#fetch(missing.ref);
    return refs.map(({ ref, oid, peeled }) => ({ name: ref, commit: peeled ?? oid }));
  }

  /** Gets whatever is new on any branch or tag; the library wants to be told one of them. */
  async #fetch(ref: string): Promise<void> {
    this.#ready ??= this.#init();
    await this.#ready;
    await git.fetch({ ...this.#at, http: loopbackHttp, remote: 'origin', ref, tags: true, prune: true });
  }

  async #init(): Promise<void> {
    await git.init({ ...this.#at, dir: this.#at.gitdir, bare: true });
    await git.addRemote({ ...this.#at, remote: 'origin', url: this.url });
  }

  async #has(oid: string): Promise<boolean> {
    return git.readObject({ ...this.#at, oid, format: 'content' }).then(
      () => true,
      () => false,
    );
  }
}
