import type { SecretFault, SecretResult, Secrets } from '../../ports/secrets.ts';

/** Secrets in a map. What is not in it is refused as `SecretNotFound`. */
export class MemorySecrets implements Secrets {
  /** Values by reference; change one to rotate a secret. */
  readonly values: Map<string, string>;
  /** While set, every read fails with it. */
  fault: SecretFault | undefined;
  #reads = 0;

  constructor(values: Readonly<Record<string, string>> = {}) {
    this.values = new Map(Object.entries(values));
  }

  /** How many reads there were, failed ones too. */
  get reads(): number {
    return this.#reads;
  }

  async read(reference: string): Promise<SecretResult> {
    this.#reads += 1;
    if (this.fault !== undefined) return { ok: false, fault: this.fault };
    const value = this.values.get(reference);
    if (value !== undefined) return { ok: true, value };
    return { ok: false, fault: { kind: 'refused', code: 'SecretNotFound', detail: `${reference} does not exist.` } };
  }
}
