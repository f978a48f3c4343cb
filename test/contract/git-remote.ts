import { describe, expect, it, onTestFinished } from 'vitest';
import type { GitRemote, RefQuery } from '../../src/ports/git-remote.ts';

/** A host with one repository. */
export interface GitWorld {
  readonly remote: GitRemote;
  readonly url: string;
  /** URL on the same host where nothing is. */
  readonly elsewhere: string;
  setRefs(refs: Readonly<Record<string, string>>): void;
  close(): Promise<void>;
}

const [A, B, C] = ['a', 'b', 'c'].map((digit) => digit.repeat(40)) as [string, string, string];
const REFS = {
  'refs/heads/main': A,
  'refs/heads/main-next': B,
  'refs/heads/release/1.1': B,
  'refs/heads/übung': C,
  'refs/pull/7/head': C,
  'refs/tags/v1.0.0': A,
  'refs/tags/v1.1.0': B,
};

/** What every `GitRemote` does. */
export function gitRemoteSuite(open: () => Promise<GitWorld>): void {
  async function ask(query: Partial<RefQuery>, refs: Readonly<Record<string, string>> = REFS) {
    const world = await open();
    onTestFinished(() => world.close());
    world.setRefs(refs);
    const result = await world.remote.refs({ url: world.url, kind: 'branch', prefix: '', ...query });
    if (!result.ok) throw new Error(result.fault.code);
    return Object.fromEntries(result.value.map(({ ref, commit }) => [`${ref.kind} ${ref.name}`, commit]));
  }

  describe('refs', () => {
    it('are branches without their folder', async () => {
      const expected = { 'branch main': A, 'branch main-next': B, 'branch release/1.1': B, 'branch übung': C };
      expect(await ask({ kind: 'branch' })).toEqual(expected);
    });

    it('are tags without their folder', async () => {
      expect(await ask({ kind: 'tag' })).toEqual({ 'tag v1.0.0': A, 'tag v1.1.0': B });
    });

    it('are those whose names begin with the prefix', async () => {
      expect(await ask({ prefix: 'main' })).toEqual({ 'branch main': A, 'branch main-next': B });
      expect(await ask({ prefix: 'release/' })).toEqual({ 'branch release/1.1': B });
      expect(await ask({ kind: 'tag', prefix: 'v2' })).toEqual({});
    });

    it('are none in an empty repository', async () => {
      expect(await ask({}, {})).toEqual({});
    });
  });

  it('a repository that is not there is refused', async () => {
    const world = await open();
    onTestFinished(() => world.close());
    const result = await world.remote.refs({ url: world.elsewhere, kind: 'branch', prefix: '' });
    expect(result).toMatchObject({ ok: false, fault: { kind: 'refused', code: 'RepositoryNotFound' } });
  });
}
