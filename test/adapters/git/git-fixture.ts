import { readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { ManualClock } from '../../../local/clock.ts';
import { createGitRemote } from '../../../src/adapters/git/git-remote.ts';
import { gitHosts } from '../../../src/adapters/git-hosts.ts';
import type { GitRemote, RefQuery, RemoteFault, RemoteRef, RemoteResult } from '../../../src/ports/git-remote.ts';
import { startHttpFixture, type Answer, type HttpFixture, type Recorded } from '../http-fixture.ts';

export const PATH = '/contoso/fleet.git';
export const COMMITS = {
  one: '24a4080bfef805075d9625c080db6f59b69f7e72',
  two: '8d29e1f84d1de54552f177a74e82bb49a6c6e23c',
  three: '2fea33508ba152d026509774f2981e2c3d15e214',
} as const;

/** What git 2.39 answered for a repository of three commits, with branches, tags of both kinds and a pull request. */
export function recorded(name: string): Buffer {
  return readFileSync(new URL(`recorded/${name}.bin`, import.meta.url));
}

const TYPES = {
  advertisement: 'application/x-git-upload-pack-advertisement',
  result: 'application/x-git-upload-pack-result',
} as const;

/** Bytes as Git's smart protocol sends them. */
export function bytes(body: Buffer | string, type: keyof typeof TYPES, headers: Record<string, string> = {}): Answer {
  return {
    byHand: (response) => {
      response.writeHead(200, { 'content-type': TYPES[type], ...headers }).end(body);
    },
  };
}

/** pkt-lines (gitprotocol-common); null is a flush-pkt. */
export function packets(...lines: (string | null)[]): string {
  return lines
    .map((line) => (line === null ? '0000' : `${(Buffer.byteLength(line) + 4).toString(16).padStart(4, '0')}${line}`))
    .join('');
}

/** A host that speaks version 2 of the protocol and filters by prefix, or only version 1. */
export function answerRefs(refs: Readonly<Record<string, string>>, version: 1 | 2): (request: Recorded) => Answer {
  return ({ method, body }) => {
    const all = Object.entries(refs);
    if (method === 'POST' && version === 1) return { status: 500 };
    if (method === 'POST') {
      const prefix = /ref-prefix ([^\n0]*?)(?=0000$|\n)/.exec(body)?.[1] ?? '';
      const asked = all.filter(([name]) => name.startsWith(prefix)).map(([name, commit]) => `${commit} ${name}\n`);
      return bytes(packets(...asked, null), 'result');
    }
    const service = ['# service=git-upload-pack\n', null];
    if (version === 2) return bytes(packets(...service, 'version 2\n', 'ls-refs\n', null), 'advertisement');
    const lines = all.map(([name, commit], n) => `${commit} ${name}${n === 0 ? '\0ofs-delta agent=test' : ''}\n`);
    return bytes(packets(...service, ...lines, null), 'advertisement');
  };
}

export interface GitSetup {
  readonly remote: GitRemote;
  readonly fixture: HttpFixture;
  readonly url: string;
  /** Asks for branches, unless told otherwise. */
  readonly ask: (query?: Partial<RefQuery>) => Promise<RemoteResult<readonly RemoteRef[]>>;
}

/** The adapter in front of a server that answers by `rule`. */
export async function setUp(rule: (request: Recorded) => Answer, timeoutMs = 10_000): Promise<GitSetup> {
  const fixture = await startHttpFixture(rule);
  onTestFinished(() => fixture.close());
  const hosts = gitHosts({ hosts: ['git.contoso.com'], loopback: true });
  const remote = createGitRemote({ hosts, clock: new ManualClock(), timeoutMs });
  const url = `${fixture.endpoint}${PATH}`;
  return { remote, fixture, url, ask: (query) => remote.refs({ url, kind: 'branch', prefix: '', ...query }) };
}

export function valueOf(result: RemoteResult<readonly RemoteRef[]>): Record<string, string> {
  if (!result.ok) throw new Error(`${result.fault.code}: ${result.fault.detail}`);
  return Object.fromEntries(result.value.map(({ ref, commit }) => [`${ref.kind} ${ref.name}`, commit]));
}

export function faultOf(result: RemoteResult<unknown>): RemoteFault {
  if (result.ok) throw new Error('It succeeded.');
  return result.fault;
}
