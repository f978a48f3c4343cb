import type { StatusProvider } from '../../contracts/definition.ts';

const BY_HOST: Readonly<Record<string, StatusProvider>> = {
  'github.com': 'github',
  'gitlab.com': 'gitlab',
  'bitbucket.org': 'bitbucket',
  'dev.azure.com': 'azure-devops',
  'codeberg.org': 'gitea',
  'gitea.com': 'gitea',
};

/**
 * Who hosts a repository, told from its normalised name; undefined for hosts that people run themselves: their definitions have to
 * say it.
 */
export function statusProviderOf(repository: string): StatusProvider | undefined {
  const [host = ''] = repository.split('/');
  return BY_HOST[host] ?? (host.endsWith('.ghe.com') ? 'github' : undefined);
}
