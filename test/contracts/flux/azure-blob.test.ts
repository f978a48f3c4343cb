import { describe, expect, it } from 'vitest';
import { Configuration } from '../../../src/contracts/flux/configuration.ts';
import { blob, problemsOf, VAULT_SECRET } from './raw.ts';

const SECRET = VAULT_SECRET;
const ids = { clientId: '11111111-2222-3333-4444-555555555555', tenantId: 'contoso.example' };
const principal = (fields: Record<string, unknown>) => blob({ servicePrincipal: { ...ids, ...fields } });
const WAYS = {
  servicePrincipal: { ...ids, clientSecret: SECRET },
  accountKey: SECRET,
  sasToken: SECRET,
  managedIdentity: { clientId: ids.clientId },
  localAuthRef: 'blob-auth',
};

describe('a blob container', () => {
  it.each(Object.entries(WAYS))('[blob.%s] may be the one way to authenticate', (way, value) => {
    expect(problemsOf(blob({ [way]: value }))).toEqual([]);
  });

  it('may be public', () => {
    expect(problemsOf(blob())).toEqual([]);
  });

  const pairs = Object.keys(WAYS).flatMap((one, n, all) => all.slice(n + 1).map((other) => [one, other] as const));
  it.each(pairs)('[blob.%s] cannot stand beside %s', (one, other) => {
    const both = blob(Object.fromEntries(Object.entries(WAYS).filter(([way]) => way === one || way === other)));
    expect(problemsOf(both)).toEqual([
      `azureBlob: names more than one way to authenticate: ${one}, ${other}; keep one`,
    ]);
  });

  it.each([
    ['[blob.servicePrincipal.clientSecret] a secret', principal({ clientSecret: SECRET })],
    ['[blob.servicePrincipal.clientCertificate] a certificate', principal({ clientCertificate: SECRET })],
    [
      '[blob.servicePrincipal.clientCertificatePassword] its password and its chain',
      principal({ clientCertificate: SECRET, clientCertificatePassword: SECRET, clientCertificateSendChain: true }),
    ],
  ])('a service principal has %s', (_what, raw) => {
    expect(problemsOf(raw)).toEqual([]);
  });

  it('[blob.servicePrincipal.clientCertificateSendChain] is off unless the plan says otherwise', () => {
    const { azureBlob } = Configuration.parse(principal({ clientCertificate: SECRET }));
    expect(azureBlob?.servicePrincipal?.clientCertificateSendChain).toBe(false);
  });

  const PRINCIPAL = 'azureBlob.servicePrincipal';
  it.each([
    [
      '[blob.url] of another scheme',
      blob({ url: 'wasbs://c@acct.blob.core.windows.net' }),
      ['azureBlob.url: carries user info'],
    ],
    [
      '[blob.url] with a SAS token',
      blob({ url: 'https://a.example/?sig=hunter2' }),
      ['azureBlob.url: carries a query'],
    ],
    ['[blob.url] that is none', blob({ url: 'acct' }), ['azureBlob.url: must be an https:// or http:// URL']],
    ['[blob.containerName] missing', blob({ containerName: undefined }), ['azureBlob.containerName: ']],
    ['[blob.servicePrincipal.clientSecret] nothing', principal({}), [`${PRINCIPAL}: needs clientSecret or clientCert`]],
    [
      '[blob.servicePrincipal.clientSecret] secret and certificate',
      principal({ clientSecret: SECRET, clientCertificate: SECRET }),
      [`${PRINCIPAL}: names clientSecret and clientCertificate`],
    ],
    [
      '[blob.servicePrincipal.clientCertificatePassword] without a certificate',
      principal({ clientSecret: SECRET, clientCertificatePassword: SECRET }),
      [`${PRINCIPAL}.clientCertificatePassword: needs clientCertificate`],
    ],
    [
      '[blob.servicePrincipal.clientCertificateSendChain] without a certificate',
      principal({ clientSecret: SECRET, clientCertificateSendChain: true }),
      [`${PRINCIPAL}.clientCertificateSendChain: needs clientCertificate`],
    ],
    [
      '[blob.servicePrincipal.clientId] no ids',
      blob({ servicePrincipal: { clientSecret: SECRET } }),
      [`${PRINCIPAL}.clientId: `, `${PRINCIPAL}.tenantId: `],
    ],
    ['[blob.managedIdentity.clientId] no id', blob({ managedIdentity: {} }), ['azureBlob.managedIdentity.clientId: ']],
    ['[blob.accountKey] in the open', blob({ accountKey: 'hunter2' }), ['azureBlob.accountKey: must be a reference']],
    ['[blob.sasToken] in the open', blob({ sasToken: '?sig=hunter2' }), ['azureBlob.sasToken: must be a reference']],
  ])('is refused: %s', (_what, raw, why) => {
    expect(problemsOf(raw)).toEqual(why.map((text) => expect.stringContaining(text) as string));
    expect(problemsOf(raw).join()).not.toContain('hunter2');
  });
});
