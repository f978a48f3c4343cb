import { describe, expect, it } from 'vitest';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';

const GOOD = {
  FLOTILLA_HASH_KEY: '0123456789abcdef0123456789abcdef',
  FLOTILLA_SUBSCRIPTIONS: '11111111-1111-1111-1111-111111111111',
  ServiceBus__fullyQualifiedNamespace: 'flotilla.servicebus.windows.net',
  Tables__endpoint: 'https://flotilla.table.core.windows.net',
};
const TENANT = 'AAAAAAAA-0000-4000-8000-000000000001';
const TRUSTED = { FLOTILLA_AUTH_TENANTS: TENANT, FLOTILLA_AUTH_AUDIENCES: 'api://flotilla, bbbbbbbb' };
const LOCAL = { FLOTILLA_ARM_ENDPOINT: 'http://127.0.0.1:8000' };
const EASY = { ...TRUSTED, FLOTILLA_AUTH_EASY_AUTH: 'trusted' };
const OID = '0ee0ee00-0000-4000-8000-00000000000E';

const accessOf = (settings: Record<string, string>) => compose(readConfig({ ...GOOD, ...settings })).access;

function message(settings: Record<string, string>): string {
  try {
    readConfig({ ...GOOD, ...settings });
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
}

describe('who may call, by the settings', () => {
  it('is nobody when they say nothing', () => {
    const none = { isOff: false, tokens: undefined, keys: [], easyAuthTenants: undefined, grants: undefined };
    expect(accessOf({})).toEqual(none);
  });

  it('[J05] is checked against tenants and audiences, which come together only', () => {
    expect(accessOf(TRUSTED).tokens).toBeDefined();
    expect(readConfig({ ...GOOD, ...TRUSTED })).toMatchObject({
      FLOTILLA_AUTH_TENANTS: [TENANT.toLowerCase()],
      FLOTILLA_AUTH_AUDIENCES: ['api://flotilla', 'bbbbbbbb'],
    });
    expect(message({ FLOTILLA_AUTH_TENANTS: TENANT })).toContain('FLOTILLA_AUTH_AUDIENCES is not set');
    expect(message({ FLOTILLA_AUTH_AUDIENCES: 'x' })).toContain('FLOTILLA_AUTH_TENANTS is not set');
    expect(message({ FLOTILLA_AUTH_TENANTS: TENANT, FLOTILLA_AUTH_AUDIENCES: ' , ' })).toContain(
      'FLOTILLA_AUTH_AUDIENCES.0',
    );
  });

  it.each(['http://127.0.0.1:8000', 'http://localhost', 'http://[::1]:1/'])(
    'is everybody beside %s, when they say so',
    (arm) => {
      expect(accessOf({ FLOTILLA_AUTH: 'off', FLOTILLA_ARM_ENDPOINT: arm }).isOff).toBe(true);
      expect(accessOf({ FLOTILLA_ARM_ENDPOINT: arm }).isOff).toBe(false);
    },
  );

  it.each([
    'https://management.azure.com',
    'https://127.0.0.1',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://arm.contoso.com',
    'http://127.0.0.1@arm.contoso.com',
    'http://127.0.0.1:1@arm.contoso.com',
  ])('is never everybody beside %s', (arm) => {
    expect(message({ FLOTILLA_AUTH: 'off', FLOTILLA_ARM_ENDPOINT: arm })).toContain(
      'FLOTILLA_AUTH must be on outside the local cloud',
    );
  });

  it('is vouched for by the platform only where it proves that it does', () => {
    expect(accessOf({ ...EASY, WEBSITE_AUTH_ENABLED: 'True' }).easyAuthTenants).toEqual([TENANT.toLowerCase()]);
    expect(accessOf({ ...TRUSTED, WEBSITE_AUTH_ENABLED: 'True' }).easyAuthTenants).toBeUndefined();
    expect(message(EASY)).toContain('WEBSITE_AUTH_ENABLED');
    expect(message({ ...EASY, WEBSITE_AUTH_ENABLED: 'False' })).toContain('WEBSITE_AUTH_ENABLED');
    expect(message({ FLOTILLA_AUTH_EASY_AUTH: 'trusted', WEBSITE_AUTH_ENABLED: 'True' })).toContain(
      'FLOTILLA_AUTH_TENANTS is not set',
    );
  });

  it('is told by a sign-in service with https, beside the local cloud also without', () => {
    const plain = { ...TRUSTED, FLOTILLA_AUTH_AUTHORITY: 'http://127.0.0.1:9000' };
    expect(message(plain)).toContain('FLOTILLA_AUTH_AUTHORITY must be https://');
    expect(message({ ...plain, ...LOCAL })).toBe('accepted');
    expect(message({ ...TRUSTED, FLOTILLA_AUTH_AUTHORITY: 'https://login.contoso.example' })).toBe('accepted');
  });

  it('is whoever has a key; a name may have two while one replaces the other', () => {
    const [one, two] = ['a'.repeat(64), 'b'.repeat(64)];
    expect(accessOf({ FLOTILLA_API_KEYS: `ci=Operator=${one}, ci=Operator=${two},prom=Reader=${one}` }).keys).toEqual([
      { name: 'ci', role: 'Operator', sha256: one },
      { name: 'ci', role: 'Operator', sha256: two },
      { name: 'prom', role: 'Reader', sha256: one },
    ]);
  });

  it.each([
    'ci',
    'ci=Operator',
    `ci=Owner=${'a'.repeat(64)}`,
    `CI=Reader=${'a'.repeat(64)}`,
    `ci=Reader=${'A'.repeat(64)}`,
    'ci=Reader=abc',
  ])('is not whoever has %s', (key) => {
    expect(message({ FLOTILLA_API_KEYS: key })).toContain('FLOTILLA_API_KEYS.0 must be NAME=ROLE=SHA256');
  });
});

describe('grants', () => {
  const read = (grants: unknown) => accessOf({ FLOTILLA_GRANTS: JSON.stringify(grants) }).grants;
  const wrong = (grants: unknown) =>
    message({ FLOTILLA_GRANTS: typeof grants === 'string' ? grants : JSON.stringify(grants) });
  const grant = { name: 'payments', to: [`group:${OID}`], clusters: { tags: { team: 'payments' } } };

  it('are read from JSON, ids in lower case', () => {
    expect(read([grant, { name: 'ci', to: ['key:ci', 'queue:requests'], definitions: ['shop-*'] }])).toEqual([
      { ...grant, to: [`group:${OID.toLowerCase()}`] },
      { name: 'ci', to: ['key:ci', 'queue:requests'], definitions: ['shop-*'] },
    ]);
    expect(read([])).toEqual([]);
  });

  it.each([
    ['no JSON', '[', 'FLOTILLA_GRANTS must be JSON'],
    ['no list', {}, 'FLOTILLA_GRANTS must be a list of grants'],
    ['of nothing', [{ name: 'x', to: ['key:ci'] }], 'FLOTILLA_GRANTS.0 must have clusters, definitions, or both'],
    ['to nobody', [{ name: 'x', to: [], clusters: {} }], 'FLOTILLA_GRANTS.0.to'],
    [
      'to somebody by mail',
      [{ ...grant, to: ['user:anna@contoso.example'] }],
      'FLOTILLA_GRANTS.0.to.0 must be user:OBJECT-ID',
    ],
    ['with another field', [{ ...grant, cluster: {} }], 'FLOTILLA_GRANTS.0'],
    ['without a name', [{ to: ['key:ci'], clusters: {} }], 'FLOTILLA_GRANTS.0.name is not set'],
    ['of clusters by another field', [{ ...grant, clusters: { tag: 'x' } }], 'FLOTILLA_GRANTS.0.clusters'],
  ])('are refused: %s', (_what, grants, expected) => {
    expect(wrong(grants)).toContain(expected);
  });
});
