/** Hosts that answer for a cloud under a name that its tokens do not have (`authority/AuthorityMetadata` of MSAL). */
const ALIASES: Readonly<Record<string, string>> = {
  // What templates get from `environment().authentication.loginEndpoint` in China.
  'login.chinacloudapi.cn': 'login.partner.microsoftonline.cn',
};

/** The base of issuers and key sets, as tokens name it: without a slash at the end, and never by an alias. */
export function issuingAuthority(authority: string): string {
  const { origin, host, protocol } = new URL(authority);
  const name = ALIASES[host];
  return name === undefined ? origin : `${protocol}//${name}`;
}
