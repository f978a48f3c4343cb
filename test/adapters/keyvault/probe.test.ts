import { expect, it } from 'vitest';
import { createVaultProbe } from '../../../src/adapters/keyvault/probe.ts';
import { MemorySecrets } from '../../../src/adapters/memory/secrets.ts';

const vaults = ['kv-one.vault.azure.net', 'kv-two.vault.azure.net'];

it('a vault that says that a secret does not exist can be read', async () => {
  const secrets = new MemorySecrets();
  expect(await createVaultProbe(secrets, vaults).check()).toBe('2 can be read');
  expect(secrets.reads).toBe(2);
  expect(await createVaultProbe(secrets, []).check()).toBe('none may be read');
});

it('a vault that refuses is told with its own words', async () => {
  const secrets = new MemorySecrets();
  secrets.fault = { kind: 'refused', code: 'SecretForbidden', detail: 'kv-one answered 403' };
  await expect(createVaultProbe(secrets, vaults).check()).rejects.toThrow(
    'SecretForbidden: kv-one answered 403; SecretForbidden: kv-one answered 403',
  );
});
