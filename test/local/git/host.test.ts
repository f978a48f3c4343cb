import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fs from 'node:fs';
import { gzipSync } from 'node:zlib';
import git from 'isomorphic-git';
import http from 'isomorphic-git/http/node';
import { expect, onTestFinished, test } from 'vitest';
import { FLUSH, pktLine } from '../../../local/git/smart-http/pkt-line.ts';
import { useGitHost, useWorkingCopy } from './support.ts';

async function clone(url: string, ref?: string): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), 'flotilla-clone-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  await git.clone({ fs, http, dir, url, ...(ref !== undefined && { ref }) });
  return dir;
}

function branches(url: string) {
  return git.listServerRefs({ http, url, prefix: 'refs/', protocolVersion: 1 });
}

async function post(url: string, body: Buffer, headers: Record<string, string> = {}) {
  const response = await fetch(url, { method: 'POST', body: new Uint8Array(body), headers });
  return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
}

test('what was pushed is what a clone gets, with its history', async () => {
  const url = `${(await useGitHost()).origin}/fleet/apps.git`;
  const mine = await useWorkingCopy(url);
  const first = await mine.commit('first', { 'apps/web.yaml': 'kind: A\n', 'gone.txt': 'x' });
  const second = await mine.commit('second', { 'apps/web.yaml': 'kind: B\n', 'gone.txt': null });
  await mine.push();
  const dir = await clone(url);
  expect((await git.log({ fs, dir })).map(({ oid }) => oid)).toEqual([second, first]);
  expect(await readFile(path.join(dir, 'apps/web.yaml'), 'utf8')).toBe('kind: B\n');
  expect(fs.existsSync(path.join(dir, 'gone.txt'))).toBe(false);
});

test('a fetch brings what is new', async () => {
  const url = `${(await useGitHost()).origin}/fleet/apps.git`;
  const mine = await useWorkingCopy(url);
  await mine.commit('first', { a: '1' });
  await mine.push();
  const dir = await clone(url);
  const second = await mine.commit('second', { a: '2' });
  await mine.push();
  const { fetchHead } = await git.fetch({ fs, http, dir });
  expect(fetchHead).toBe(second);
  expect((await git.log({ fs, dir, ref: second })).length).toBe(2);
});

test('a name means the same repository with .git, without it, and in other letters', async () => {
  const { origin } = await useGitHost();
  const mine = await useWorkingCopy(`${origin}/fleet/apps.git`);
  const commit = await mine.commit('first', { a: '1' });
  await mine.push();
  for (const name of ['fleet/apps', 'Fleet/Apps.git']) {
    expect(await branches(`${origin}/${name}`)).toEqual([{ ref: 'refs/heads/main', oid: commit }]);
  }
});

test('history can be rewritten with force, branches can go, tags can be annotated', async () => {
  const url = `${(await useGitHost()).origin}/fleet/apps.git`;
  const mine = await useWorkingCopy(url);
  const first = await mine.commit('first', { a: '1' });
  await mine.commit('second', { a: '2' });
  await mine.tag('v1.0.0', 'the first');
  await mine.push();
  await mine.push({ ref: 'refs/tags/v1.0.0' });
  await mine.reset(first);
  const other = await mine.commit('other', { a: '3' });
  await expect(mine.push()).rejects.toThrow('not a simple fast-forward');
  await mine.push({ force: true });
  const refs = await git.listServerRefs({ http, url, prefix: 'refs/', protocolVersion: 1, peelTags: true });
  expect(refs.map(({ ref }) => ref)).toEqual(['refs/heads/main', 'refs/tags/v1.0.0']);
  expect(refs[0]?.oid).toBe(other);
  expect(refs[1]?.peeled).not.toBe(refs[1]?.oid);
  await mine.push({ ref: 'refs/tags/v1.0.0', remove: true });
  expect(await branches(url)).toHaveLength(1);
});

test('a push from an outdated clone is refused, whatever the client thinks', async () => {
  const url = `${(await useGitHost()).origin}/fleet/apps.git`;
  const mine = await useWorkingCopy(url);
  const first = await mine.commit('first', { a: '1' });
  const second = await mine.commit('second', { a: '2' });
  await mine.push();
  const stale = pktLine(`${first} ${second} refs/heads/main\0 report-status\n`);
  const { bytes } = await post(`${url}/git-receive-pack`, Buffer.concat([stale, FLUSH]));
  expect(bytes.toString()).toContain('ng refs/heads/main fetch first');
});

test('a ref cannot lead to what was never pushed', async () => {
  const url = `${(await useGitHost()).origin}/fleet/apps.git`;
  const mine = await useWorkingCopy(url);
  await mine.commit('first', { a: '1' });
  await mine.push();
  const command = pktLine(`${'0'.repeat(40)} ${'a'.repeat(40)} refs/heads/ghost\0 report-status\n`);
  const { bytes } = await post(`${url}/git-receive-pack`, Buffer.concat([command, FLUSH]));
  expect(bytes.toString()).toMatch(/unpack Could not find a{40}/);
  expect(await branches(url)).toHaveLength(1);
});

test('a commit that no ref leads to any more is not handed out; compressed requests are read', async () => {
  const url = `${(await useGitHost()).origin}/fleet/apps.git`;
  const mine = await useWorkingCopy(url);
  const first = await mine.commit('first', { a: '1' });
  const second = await mine.commit('second', { a: '2' });
  await mine.push();
  const wants = (oid: string): Buffer => Buffer.concat([pktLine(`want ${oid}\n`), FLUSH, pktLine('done\n')]);
  const asked = await post(`${url}/git-upload-pack`, gzipSync(wants(first)), { 'content-encoding': 'gzip' });
  expect(asked.bytes.toString('latin1')).toMatch(/^0008NAK\n.{5}PACK/s);
  await mine.reset(first);
  await mine.push({ force: true });
  const { bytes } = await post(`${url}/git-upload-pack`, wants(second));
  expect(bytes.toString()).toContain(`ERR upload-pack: not our ref ${second}`);
});

test('an empty repository can be cloned from once its first push has begun; an unknown one cannot', async () => {
  const { origin } = await useGitHost();
  const discover = await fetch(`${origin}/fleet/new.git/info/refs?service=git-receive-pack`);
  expect(await discover.text()).toContain(`${'0'.repeat(40)} capabilities^{}`);
  expect(await branches(`${origin}/fleet/new`)).toEqual([]);
  await expect(branches(`${origin}/fleet/unknown`)).rejects.toThrow('404');
});

test.each([
  { what: 'the dumb protocol', path: '/fleet/apps.git/info/refs', status: 403 },
  { what: 'a name that is none', path: '/fleet/..%2f..%2fetc/info/refs?service=git-receive-pack', status: 400 },
  { what: 'another path', path: '/', status: 404 },
])('$what is answered $status', async ({ path: url, status }) => {
  const { origin } = await useGitHost();
  expect((await fetch(`${origin}${url}`)).status).toBe(status);
});

test('bytes that are not Git are answered 400, and a body that is not gzip as well', async () => {
  const url = `${(await useGitHost()).origin}/fleet/apps.git`;
  const mine = await useWorkingCopy(url);
  await mine.commit('first', { a: '1' });
  await mine.push();
  expect((await post(`${url}/git-upload-pack`, Buffer.from('hello'))).status).toBe(400);
  expect((await post(`${url}/git-receive-pack`, pktLine('hello'))).status).toBe(400);
  const headers = { 'content-encoding': 'gzip' };
  expect((await post(`${url}/git-upload-pack`, Buffer.from('hello'), headers)).status).toBe(400);
});
