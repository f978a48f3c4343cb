import { describe, expect, it } from 'vitest';
import { Configuration } from '../../../src/contracts/flux/configuration.ts';
import { EnsureExtension } from '../../../src/contracts/flux/extension.ts';
import { extensionPatch } from '../../../src/core/flux/extension-body.ts';
import { extensionSecretFields, secretFields, secretText, withSecrets } from '../../../src/core/flux/secrets.ts';
import { base64, blob, bucket, git, oci, sshGit } from '../../contracts/flux/raw.ts';
import { desiredOf, properties } from './service.ts';

const PEM = '-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\n-----END OPENSSH PRIVATE KEY-----\n';
const PFX = Buffer.from([0x30, 0x82, 0xff, 0x00]).toString('base64');
const principal = { clientId: 'c', tenantId: 't' };
const valuesOf = (values: Record<string, string>) => (reference: string) => values[reference]!;

/** The properties that are sent, secrets and all. */
function sent(raw: unknown, values: Record<string, string>) {
  return properties(withSecrets(desiredOf(raw), secretFields(Configuration.parse(raw)), valuesOf(values)));
}
const protectedBy = (name: string, make = git, block = {}) =>
  make(block, { configurationProtectedSettings: { [name]: 'env:S' } });
const USER = { httpsUser: 'me' };

describe('secrets in a body', () => {
  it.each([
    ['[protected.httpsKey] in base64', protectedBy('httpsKey', git, USER), 'pat', 'httpsKey', base64('pat')],
    [
      '[protected.httpsKey] in base64, even if it looks like it',
      protectedBy('httpsKey', git, USER),
      'cGF0',
      'httpsKey',
      base64('cGF0'),
    ],
    [
      '[protected.httpsKey] beyond ASCII',
      protectedBy('httpsKey', git, USER),
      'schlüssel',
      'httpsKey',
      base64('schlüssel'),
    ],
    [
      '[protected.bucketSecretKey] in base64',
      protectedBy('bucketSecretKey', bucket),
      'key',
      'bucketSecretKey',
      base64('key'),
    ],
    ['[protected.sshPrivateKey] in base64', protectedBy('sshPrivateKey', sshGit), PEM, 'sshPrivateKey', base64(PEM)],
    [
      '[protected.sshPrivateKey] with the last line break it lost',
      protectedBy('sshPrivateKey', sshGit),
      PEM.trim(),
      'sshPrivateKey',
      base64(PEM),
    ],
    [
      '[protected.sshPrivateKey] that is base64 already',
      protectedBy('sshPrivateKey', sshGit),
      base64(PEM),
      'sshPrivateKey',
      base64(PEM),
    ],
  ])('%s', (_what, raw, value, name, wire) => {
    expect(sent(raw, { 'env:S': value }).configurationProtectedSettings).toEqual({ [name]: wire });
  });

  it.each([
    ['[blob.accountKey] as it is', blob({ accountKey: 'env:S' }), 'a==', { accountKey: 'a==' }],
    ['[blob.sasToken] as it is', blob({ sasToken: 'env:S' }), '?sig=x', { sasToken: '?sig=x' }],
    [
      '[blob.servicePrincipal.clientSecret] as it is',
      blob({ servicePrincipal: { ...principal, clientSecret: 'env:S' } }),
      's~x',
      { servicePrincipal: { ...principal, clientCertificateSendChain: false, clientSecret: 's~x' } },
    ],
    [
      '[blob.servicePrincipal.clientCertificate] PEM in base64',
      blob({ servicePrincipal: { ...principal, clientCertificate: 'env:S' } }),
      PEM,
      { servicePrincipal: { ...principal, clientCertificateSendChain: false, clientCertificate: base64(PEM) } },
    ],
    [
      '[blob.servicePrincipal.clientCertificate] PFX as Key Vault has it',
      blob({ servicePrincipal: { ...principal, clientCertificate: 'env:S', clientCertificatePassword: 'env:S' } }),
      PFX,
      {
        servicePrincipal: {
          ...{ ...principal, clientCertificateSendChain: false },
          ...{ clientCertificate: PFX, clientCertificatePassword: PFX },
        },
      },
    ],
  ])('%s', (_what, raw, value, block) => {
    expect(sent(raw, { 'env:S': value }).azureBlob).toMatchObject(block);
  });

  it('[oci.tlsConfig] certificates in base64, whether they are or not', () => {
    const tlsConfig = { caCertificate: 'env:CA', clientCertificate: 'env:C', privateKey: 'env:K' };
    const values = { 'env:CA': PEM, 'env:C': base64(PEM), 'env:K': `${base64(PEM)}\n` };
    expect(sent(oci({ tlsConfig }), values).ociRepository).toMatchObject({
      tlsConfig: { caCertificate: base64(PEM), clientCertificate: base64(PEM), privateKey: base64(PEM) },
    });
  });

  it('[extension.configurationProtectedSettings] of the extension, as they are', () => {
    const extension = EnsureExtension.parse({ configurationProtectedSettings: { 'a.token': 'env:S', b: 'env:S' } });
    const body = withSecrets(extensionPatch(extension), extensionSecretFields(extension), () => 'hunter2');
    expect(properties(body)).toEqual({ configurationProtectedSettings: { 'a.token': 'hunter2', b: 'hunter2' } });
  });

  it('are in no body before that, not even their references', () => {
    const tlsConfig = { caCertificate: 'env:CA', clientCertificate: 'env:C', privateKey: 'env:K' };
    for (const raw of [blob({ sasToken: 'env:S' }), oci({ tlsConfig }), protectedBy('httpsKey', git, USER), bucket()])
      expect(JSON.stringify(desiredOf(raw))).not.toMatch(/env:|vault/);
  });

  it('leave the body they are put into alone', () => {
    const raw = bucket();
    const bare = desiredOf(raw);
    withSecrets(bare, secretFields(Configuration.parse(raw)), () => 'hunter2');
    expect(JSON.stringify(bare)).not.toContain(base64('hunter2'));
  });
});

describe('the text that is hashed', () => {
  const raw = blob({
    servicePrincipal: { ...principal, clientCertificate: 'env:A', clientCertificatePassword: 'env:B' },
  });
  const textOf = (source: unknown, values: Record<string, string>) =>
    secretText(secretFields(Configuration.parse(source)), valuesOf(values));

  it('is another one for other values, for swapped values, and for another place', () => {
    const texts = [
      textOf(raw, { 'env:A': 'x', 'env:B': 'y' }),
      textOf(raw, { 'env:A': 'y', 'env:B': 'x' }),
      textOf(raw, { 'env:A': 'x', 'env:B': 'z' }),
      textOf(blob({ sasToken: 'env:A' }), { 'env:A': 'x' }),
      textOf(blob({ accountKey: 'env:A' }), { 'env:A': 'x' }),
    ];
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('is the same wherever the secrets are kept, and in whichever order they come', () => {
    const fields = secretFields(Configuration.parse(raw));
    const values = valuesOf({ 'env:A': 'x', 'env:B': 'y', 'env:C': 'x' });
    expect(secretText([...fields].reverse(), values)).toBe(secretText(fields, values));
    const moved = fields.map((each) => (each.reference === 'env:A' ? { ...each, reference: 'env:C' } : each));
    expect(secretText(moved, values)).toBe(secretText(fields, values));
  });
});
