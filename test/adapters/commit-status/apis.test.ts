import { describe, expect, test } from 'vitest';
import { azureDevops } from '../../../src/adapters/commit-status/azure-devops.ts';
import { bitbucket } from '../../../src/adapters/commit-status/bitbucket.ts';
import { bitbucketServer } from '../../../src/adapters/commit-status/bitbucket-server.ts';
import { gitea } from '../../../src/adapters/commit-status/gitea.ts';
import { github } from '../../../src/adapters/commit-status/github.ts';
import { gitlab } from '../../../src/adapters/commit-status/gitlab.ts';
import { repositoryAddress } from '../../../src/adapters/commit-status/repository-address.ts';
import type { StatusHost } from '../../../src/adapters/commit-status/status-host.ts';

/** Where the API of the host of a repository is, however its URL is written. */
function urlOf(host: StatusHost, repositoryUrl: string): string | undefined {
  const address = repositoryAddress(repositoryUrl);
  const update = {
    provider: 'github',
    repositoryUrl,
    commit: 'COMMIT',
    ref: { kind: 'branch', name: 'main' },
    context: 'flotilla/fleet',
    state: 'pending',
    description: '',
    credentials: 'token',
  } as const;
  return address && host.call(update, address)?.url;
}

describe('APIs are found', () => {
  test.each<[string, StatusHost, string, string | undefined]>([
    [
      'github.com',
      github,
      'https://github.com/contoso/fleet.git',
      'https://api.github.com/repos/contoso/fleet/statuses/COMMIT',
    ],
    [
      'github.com over SSH',
      github,
      'git@github.com:contoso/fleet.git',
      'https://api.github.com/repos/contoso/fleet/statuses/COMMIT',
    ],
    [
      'GHE.com',
      github,
      'https://octo.ghe.com/contoso/fleet',
      'https://api.octo.ghe.com/repos/contoso/fleet/statuses/COMMIT',
    ],
    [
      'GitHub Enterprise Server',
      github,
      'https://git.contoso.com:8443/contoso/fleet',
      'https://git.contoso.com:8443/api/v3/repos/contoso/fleet/statuses/COMMIT',
    ],
    [
      'GitLab',
      gitlab,
      'https://gitlab.com/a/b/c/d.git',
      'https://gitlab.com/api/v4/projects/a%2Fb%2Fc%2Fd/statuses/COMMIT',
    ],
    [
      'Bitbucket Cloud',
      bitbucket,
      'https://user@bitbucket.org/contoso/fleet.git',
      'https://api.bitbucket.org/2.0/repositories/contoso/fleet/commit/COMMIT/statuses/build',
    ],
    [
      'Bitbucket Data Center',
      bitbucketServer,
      'https://git.contoso.com/bitbucket/scm/PLAT/fleet.git',
      'https://git.contoso.com/bitbucket/rest/api/latest/projects/plat/repos/fleet/commits/COMMIT/builds',
    ],
    [
      'Bitbucket Data Center over SSH',
      bitbucketServer,
      'ssh://git@git.contoso.com:7999/~ann/fleet.git',
      'https://git.contoso.com/rest/api/latest/projects/~ann/repos/fleet/commits/COMMIT/builds',
    ],
    [
      'Azure DevOps',
      azureDevops,
      'https://org@dev.azure.com/org/My%20Project/_git/fleet',
      'https://dev.azure.com/org/my%20project/_apis/git/repositories/fleet/commits/COMMIT/statuses?api-version=7.1',
    ],
    [
      'Azure DevOps over SSH',
      azureDevops,
      'git@ssh.dev.azure.com:v3/org/project/fleet',
      'https://dev.azure.com/org/project/_apis/git/repositories/fleet/commits/COMMIT/statuses?api-version=7.1',
    ],
    [
      'Azure DevOps, former host',
      azureDevops,
      'https://org.visualstudio.com/DefaultCollection/project/_git/fleet',
      'https://dev.azure.com/org/project/_apis/git/repositories/fleet/commits/COMMIT/statuses?api-version=7.1',
    ],
    [
      'Gitea',
      gitea,
      'https://codeberg.org/contoso/fleet',
      'https://codeberg.org/api/v1/repos/contoso/fleet/statuses/COMMIT',
    ],
    [
      'Gitea under a path',
      gitea,
      'https://contoso.com/git/contoso/fleet',
      'https://contoso.com/git/api/v1/repos/contoso/fleet/statuses/COMMIT',
    ],
    ['no group', gitlab, 'https://gitlab.com/fleet', undefined],
    ['no project', azureDevops, 'https://dev.azure.com/org', undefined],
    ['an OCI repository', github, 'oci://ghcr.io/contoso/fleet', undefined],
  ])('%s', (_name, host, repositoryUrl, expected) => {
    expect(urlOf(host, repositoryUrl)).toBe(expected);
  });
});
