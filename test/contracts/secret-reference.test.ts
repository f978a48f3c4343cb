import { describe, expect, it } from 'vitest';
import { SecretReference } from '../../src/contracts/secret-reference.ts';

const VERSION = '0123456789abcdef0123456789abcdef';

describe('a reference to a secret', () => {
  it.each([
    'https://shop-kv.vault.azure.net/secrets/git-key',
    `https://shop-kv.vault.azure.net/secrets/git-key/${VERSION}`,
    'https://shop-kv.vault.azure.cn/secrets/a',
    'https://shop-kv.vault.usgovcloudapi.net/secrets/a',
    'env:GIT_KEY',
  ])('is %s', (text) => {
    expect(SecretReference.parse(text)).toBe(text);
  });

  it.each([
    'hunter2',
    '',
    'env:',
    'env:1X',
    'http://shop-kv.vault.azure.net/secrets/hunter2',
    'https://shop-kv.vault.azure.net.evil.example/secrets/hunter2',
    'https://evil.example/shop-kv.vault.azure.net/secrets/hunter2',
    'https://me:hunter2@shop-kv.vault.azure.net/secrets/a',
    'https://shop-kv.vault.azure.net/secrets/a?token=hunter2',
    'https://shop-kv.vault.azure.net/keys/hunter2',
    'https://shop-kv.vault.azure.net/secrets/a/latest-hunter2',
    'https://shop-kv.vault.azure.net/secrets/a\nhunter2',
    'hunter2'.repeat(1000),
    42,
    { value: 'hunter2' },
    null,
  ])('is not %j, and the refusal shows the form and not the value', (input) => {
    const { error } = SecretReference.safeParse(input);
    expect(error?.issues).toHaveLength(1);
    expect(error?.issues[0]?.message).toContain('https://VAULT.vault.azure.net/secrets/NAME');
    expect(JSON.stringify(error)).not.toContain('hunter2');
  });
});
