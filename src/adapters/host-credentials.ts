/**
 * Name that goes with a token where Git wants a user: Bitbucket Cloud asks for this one ("Using access tokens"), the others
 * look at the password only.
 */
const TOKEN_USER = 'x-token-auth';

/** `user:password` or a token, as Git over HTTP takes it. */
export function basicAuthorization(credentials: string): string {
  const pair = isPair(credentials) ? credentials : `${TOKEN_USER}:${credentials}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

/** As most APIs take it: a token as bearer, `user:password` as it is. */
export function bearerAuthorization(credentials: string): string {
  return isPair(credentials) ? basicAuthorization(credentials) : `Bearer ${credentials}`;
}

/** The token, for APIs that know no users. */
export function tokenOf(credentials: string): string {
  return credentials.slice(credentials.indexOf(':') + 1);
}

function isPair(credentials: string): boolean {
  return credentials.includes(':');
}
