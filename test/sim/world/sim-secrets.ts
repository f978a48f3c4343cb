import type { Secrets, SecretResult } from '../../../src/ports/secrets.ts';
import type { Invocation } from '../kernel/invocation.ts';
import { call, type CallSite } from '../kernel/port.ts';

const NO_ERRORS = { error: () => new Error('unreachable: a vault answers with values') };

/** The vault with faults: it may not answer. */
export function simSecrets(site: CallSite, invocation: Invocation, inner: Secrets): Secrets {
  return {
    read: (reference) => {
      const key = `${invocation.id}/${invocation.calls}/secrets`;
      return call(site, invocation, 'secrets.read', NO_ERRORS, async (): Promise<SecretResult> => {
        if (!site.faults.fires('secretsUnavailable', key)) return inner.read(reference);
        return { ok: false, fault: { kind: 'unavailable', code: 'VaultUnavailable', detail: 'The vault is busy.' } };
      });
    },
  };
}
