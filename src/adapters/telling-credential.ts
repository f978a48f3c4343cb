import type { AccessToken, TokenCredential } from '@azure/core-auth';

/** No token could be had, so nothing was sent. Identity endpoints fail now and then; it passes by itself. */
export class TokenUnavailable extends Error {
  override readonly name = 'TokenUnavailable';
}

/** The same credential with failures that can be told apart from those of the request. */
export function tellingCredential(credential: TokenCredential): TokenCredential {
  return {
    getToken: async (scopes, options): Promise<AccessToken | null> => {
      try {
        return await credential.getToken(scopes, options);
      } catch (cause) {
        if (options?.abortSignal?.aborted === true) throw cause;
        throw new TokenUnavailable(cause instanceof Error ? cause.message : String(cause), { cause });
      }
    },
  };
}
