import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Name of the key that opens `authLevel: 'admin'`, and every other level too. */
export const MASTER_KEY_NAME = '_master';

export type AuthLevel = 'anonymous' | 'function' | 'admin';

/** Decides whether a request may call a function of some level. Key values are compared in constant time. */
export class FunctionKeys {
  readonly #digests: readonly { name: string; digest: Buffer }[];
  readonly #enforced: boolean;

  /**
   * `keys`: name → value. All are valid for every function, like the platform's host keys. `enforced: false` lets every
   * request through, as Azure Functions Core Tools do on a developer's machine.
   */
  constructor(keys: Readonly<Record<string, string>>, enforced: boolean) {
    this.#enforced = enforced;
    this.#digests = Object.entries(keys).map(([name, value]) => ({ name, digest: sha256(value) }));
  }

  allows(level: AuthLevel, headers: IncomingHttpHeaders, query: URLSearchParams): boolean {
    if (level === 'anonymous' || !this.#enforced) return true;
    const header = headers['x-functions-key'];
    const presented = typeof header === 'string' ? header : query.get('code');
    const name = presented === null ? undefined : this.#nameOf(presented);
    return level === 'admin' ? name === MASTER_KEY_NAME : name !== undefined;
  }

  /** Looks at every key even after a match, so that the time taken says nothing about which one it was. */
  #nameOf(value: string): string | undefined {
    const digest = sha256(value);
    let found: string | undefined;
    for (const key of this.#digests) if (timingSafeEqual(key.digest, digest)) found = key.name;
    return found;
  }
}

function sha256(value: string): Buffer {
  return createHash('sha256').update(value).digest();
}
