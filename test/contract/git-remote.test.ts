import { describe } from 'vitest';
import { ManualClock } from '../../local/clock.ts';
import { createGitRemote } from '../../src/adapters/git/git-remote.ts';
import { gitHosts } from '../../src/adapters/git-hosts.ts';
import { MemoryGitRemote } from '../../src/adapters/memory/git-remote.ts';
import { answerRefs, PATH } from '../adapters/git/git-fixture.ts';
import { startHttpFixture } from '../adapters/http-fixture.ts';
import { gitRemoteSuite, type GitWorld } from './git-remote.ts';

/** The real adapter, over real sockets, against a host that speaks this version of the protocol. */
async function open(version: 1 | 2): Promise<GitWorld> {
  let refs: Readonly<Record<string, string>> = {};
  const fixture = await startHttpFixture((request) =>
    request.url.startsWith(PATH) ? answerRefs(refs, version)(request) : { status: 404 },
  );
  const hosts = gitHosts({ hosts: [], loopback: true });
  return {
    remote: createGitRemote({ hosts, clock: new ManualClock(), timeoutMs: 10_000 }),
    url: `${fixture.endpoint}${PATH}`,
    elsewhere: `${fixture.endpoint}/contoso/other.git`,
    setRefs: (given) => {
      refs = given;
    },
    close: () => fixture.close(),
  };
}

async function openMemory(): Promise<GitWorld> {
  const remote = new MemoryGitRemote();
  const url = 'https://git.contoso.com/contoso/fleet';
  return {
    remote,
    url,
    elsewhere: 'https://git.contoso.com/contoso/other',
    setRefs: (refs) => void remote.repositories.set(url, refs),
    close: async () => undefined,
  };
}

describe('Git remote over version 2 of the protocol', () => gitRemoteSuite(() => open(2)));
describe('Git remote over version 1 of the protocol', () => gitRemoteSuite(() => open(1)));
describe('Git remote in memory', () => gitRemoteSuite(openMemory));
