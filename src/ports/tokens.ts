/** What a token says about its bearer, once it is proven that the issuer says so. */
export interface TokenClaims {
  readonly tenantId: string;
  /** Of the person or the application; never changes and is never given to another. */
  readonly objectId: string;
  /** `user`: an application acts for a person; `app`: it acts for itself. */
  readonly kind: 'user' | 'app';
  /** What the application may do for a person; empty for `app`. */
  readonly scopes: readonly string[];
  readonly roles: readonly string[];
  /** Object ids; undefined when there were too many for the token. */
  readonly groups: readonly string[] | undefined;
  /** How people know the bearer: to be shown, never to decide by. */
  readonly label: string | undefined;
}

/** Why a token is not accepted. Shown to callers, so it says what to look at and nothing about how it was found. */
export type TokenFault =
  | 'Malformed'
  | 'WrongAlgorithm'
  | 'UnknownKey'
  | 'BadSignature'
  | 'WrongTenant'
  | 'WrongIssuer'
  | 'WrongAudience'
  | 'Expired'
  | 'NotYetValid'
  | 'WrongClaims'
  | 'NoAccessToken';

export type TokenCheck =
  { readonly ok: true; readonly claims: TokenClaims } | { readonly ok: false; readonly fault: TokenFault };

/** Checks bearer tokens: that somebody who is trusted issued them, for this installation, and that they are valid now. */
export interface Tokens {
  /** Any text may be given. @throws Transient when the keys of the issuer cannot be had */
  check(token: string): Promise<TokenCheck>;
}
