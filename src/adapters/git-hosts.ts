import type { RemoteFault } from '../ports/git-remote.ts';
import { isLoopback } from './http-loopback.ts';

export interface GitHostsOptions {
  /** In lower case: `github.com`, `git.contoso.com:8443`, `*.visualstudio.com` (any name under it). */
  readonly hosts: readonly string[];
  /** True in the local cloud only: plain http to this very machine is allowed. */
  readonly loopback: boolean;
}

export type Admitted = { readonly ok: true; readonly url: URL } | { readonly ok: false; readonly fault: RemoteFault };

/** Says which hosts may be asked: whoever may store a definition must not be able to send requests to any address. */
export type GitHosts = (url: string) => Admitted;

/** The allow-list of Git hosts: https only, and user names in URLs are dropped. */
export function gitHosts({ hosts, loopback }: GitHostsOptions): GitHosts {
  return (text) => {
    const url = URL.parse(text);
    if (url === null) return refused('UnsupportedRepository', 'The URL of the repository is no https:// URL.');
    if (url.password !== '') {
      return refused('CredentialsInUrl', 'The URL of the repository holds a password. Name a secret instead.');
    }
    url.username = '';
    if (loopback && isLoopback(url.hostname) && url.protocol === 'http:') return { ok: true, url };
    if (url.protocol !== 'https:') {
      return refused('UnsupportedRepository', `${url.protocol}// is not spoken to Git hosts, only https://.`);
    }
    if (hosts.some((pattern) => covers(pattern, url.host))) return { ok: true, url };
    const detail = `${url.host} may not be asked. Add it to the setting FLOTILLA_GIT_HOSTS if it may.`;
    return refused('HostNotAllowed', detail);
  };
}

function covers(pattern: string, host: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
}

function refused(code: string, detail: string): Admitted {
  return { ok: false, fault: { kind: 'refused', code, detail } };
}
