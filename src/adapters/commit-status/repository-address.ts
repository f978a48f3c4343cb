import { normaliseRepository } from '../../contracts/repository.ts';

/** Where the API of a repository's host is found. */
export interface RepositoryAddress {
  /** `https://git.contoso.com:8443`; without a port for repositories that are named by a URL for SSH. */
  readonly origin: string;
  /** Normalised: `['contoso', 'fleet']`. */
  readonly path: readonly string[];
}

/** The web address behind a repository's URL, however it is written; undefined when it is no Git repository's. */
export function repositoryAddress(url: string): RepositoryAddress | undefined {
  const repository = normaliseRepository(url);
  if (repository?.source !== 'git') return undefined;
  const [host = '', ...path] = repository.key.split('/');
  const web = URL.parse(url.trim());
  // Azure DevOps has several hosts for one repository; its API is at the one that the normalised name begins with.
  const isOwnHost = web !== null && /^https?:$/.test(web.protocol) && host.startsWith(web.hostname);
  return { origin: isOwnHost ? web.origin : `https://${host}`, path };
}

/** Path segments as they stand in a URL. */
export function urlPath(segments: readonly string[]): string {
  return segments.map((segment) => encodeURIComponent(segment)).join('/');
}
