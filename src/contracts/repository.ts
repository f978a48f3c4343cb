import { REPOSITORY_LENGTH_MAX } from './limits.ts';
import type { SourceKind } from './push.ts';

/** A repository by the one name it has here, however its URL is written. */
export interface Repository {
  readonly source: SourceKind;
  /** `github.com/contoso/fleet`: host and path in lower case; no scheme, user, port, `.git` or slash at the end. */
  readonly key: string;
}

/** Other names of hosts: what Git over SSH is offered at on port 443, and the registries of Docker Hub. */
const HOST_ALIASES: ReadonlyMap<string, string> = new Map([
  ['www.github.com', 'github.com'],
  ['ssh.github.com', 'github.com'],
  ['altssh.gitlab.com', 'gitlab.com'],
  ['altssh.bitbucket.org', 'bitbucket.org'],
  ['registry-1.docker.io', 'docker.io'],
  ['index.docker.io', 'docker.io'],
]);

const WITH_SCHEME = /^(https?|ssh|oci):\/\/(.+)$/i;
/** `git@host:path`, and `git@host/path`, which the service takes too. */
const SCP_LIKE = /^(?:[^\s@/:]+@)((?:\[[^\]]+\]|[^\s@/:[\]]+))[:/](.+)$/;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
/** `.` and `..` mean other paths than they name, and a URL parser would resolve them; the rest never stands in a repository's URL. */
const UNFIT = /(^|[/:])(\.|%2e){1,2}(\/|$)|[\s\\?#]/i;

/**
 * The name of a repository, so that a definition and a webhook find each other: `https://GitHub.com/contoso/fleet.git`,
 * `ssh://git@github.com:22/contoso/fleet` and `git@github.com:contoso/fleet` are one. Compared without case, as hosts do.
 * Ports are dropped, since one host offers the same repository on several; a loopback address keeps its port, which tells one
 * test server from another. The forms of Azure DevOps become `dev.azure.com/organisation/project/repository`, and the `scm`
 * of Bitbucket Data Center's HTTP URLs is left out, as it is in those for SSH.
 *
 * @returns undefined for what is not the URL of a Git repository or `oci://` one.
 */
export function normaliseRepository(url: string): Repository | undefined {
  const text = url.trim();
  if (UNFIT.test(text)) return undefined;
  const [, scheme, rest] = WITH_SCHEME.exec(text) ?? [];
  const [, scpHost, scpPath] = scheme === undefined ? (SCP_LIKE.exec(text) ?? []) : [];
  const located = rest ?? (scpHost === undefined ? undefined : `${scpHost}/${scpPath ?? ''}`);
  if (located === undefined) return undefined;
  const source = scheme?.toLowerCase() === 'oci' ? 'oci' : 'git';
  // The URL parser drops user names and default ports, and writes hosts in one way only.
  const parsed = URL.parse(`${scheme?.toLowerCase() === 'http' ? 'http' : 'https'}://${located}`);
  const segments = parsed === null ? undefined : readPath(parsed.pathname);
  if (parsed === null || segments === undefined) return undefined;
  if (source === 'oci' && segments.some((segment) => /[:@]/.test(segment))) return undefined;
  const key = [hostOf(parsed), ...segments].join('/');
  const repository = { source, key: source === 'git' ? withoutExtras(key) : key } as const;
  return repository.key.length > REPOSITORY_LENGTH_MAX ? undefined : repository;
}

function hostOf({ hostname, port }: URL): string {
  const name = hostname.replace(/\.$/, '');
  if (LOOPBACK.test(name)) return port === '' ? name : `${name}:${port}`;
  return HOST_ALIASES.get(name) ?? name;
}

/** Segments of a path, decoded and in lower case; undefined when there are none or one of them holds what a path cannot. */
function readPath(path: string): string[] | undefined {
  const segments = path.split('/').filter((segment) => segment !== '');
  try {
    const decoded = segments.map((segment) => decodeURIComponent(segment).toLowerCase());
    // eslint-disable-next-line no-control-regex -- control characters are what it looks for
    const isUnfit = decoded.some((segment) => /[\u0000-\u001f\u007f/\\]/.test(segment));
    return decoded.length === 0 || isUnfit ? undefined : decoded;
  } catch {
    return undefined; // Not valid percent-encoding.
  }
}

function withoutExtras(key: string): string {
  const [host = '', ...path] = key.replace(/(?<=[^/])\.git$/, '').split('/');
  if (host === 'dev.azure.com') return azureDevOps(path);
  if (host === 'ssh.dev.azure.com' || host === 'vs-ssh.visualstudio.com') return azureDevOps(path.slice(1));
  const organisation = /^([^.]+)\.visualstudio\.com$/.exec(host)?.[1];
  if (organisation !== undefined) {
    return azureDevOps([organisation, ...(path[0] === 'defaultcollection' ? path.slice(1) : path)]);
  }
  const [scm, ...project] = path;
  return scm === 'scm' && project.length === 2 ? [host, ...project].join('/') : [host, ...path].join('/');
}

/** `organisation/project/_git/repository`; a project that is not named has the name of the repository. */
function azureDevOps(path: readonly string[]): string {
  const named = path.filter((segment) => segment !== '_git');
  const [organisation, repository] = named;
  const isShort = named.length === 2 && organisation !== undefined && repository !== undefined;
  return ['dev.azure.com', ...(isShort ? [organisation, repository, repository] : named)].join('/');
}
