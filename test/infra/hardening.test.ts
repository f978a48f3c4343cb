import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { textOf, type Value } from './support/bicep.ts';
import { at, INFRA, MAIN, resourcesOf, source, TEMPLATES, template } from './support/templates.ts';

/** What every resource of a type must say, by path. */
const SAID: readonly (readonly [type: string, path: string, expected: Value])[] = [
  ['Microsoft.Storage/storageAccounts', 'allowSharedKeyAccess', false],
  ['Microsoft.Storage/storageAccounts', 'allowBlobPublicAccess', false],
  ['Microsoft.Storage/storageAccounts', 'allowCrossTenantReplication', false],
  ['Microsoft.Storage/storageAccounts', 'minimumTlsVersion', 'TLS1_2'],
  ['Microsoft.Storage/storageAccounts', 'supportsHttpsTrafficOnly', true],
  ['Microsoft.Storage/storageAccounts/blobServices/containers', 'publicAccess', 'None'],
  ['Microsoft.ServiceBus/namespaces', 'disableLocalAuth', true],
  ['Microsoft.ServiceBus/namespaces', 'minimumTlsVersion', '1.2'],
  ['Microsoft.KeyVault/vaults', 'enableRbacAuthorization', true],
  ['Microsoft.KeyVault/vaults', 'enableSoftDelete', true],
  ['Microsoft.KeyVault/vaults', 'enablePurgeProtection', true],
  ['Microsoft.OperationalInsights/workspaces', 'features.disableLocalAuth', true],
  ['Microsoft.Insights/components', 'DisableLocalAuth', true],
  ['Microsoft.Web/sites', 'httpsOnly', true],
  ['Microsoft.Web/sites', 'siteConfig.minTlsVersion', '1.2'],
  ['Microsoft.Web/sites', 'siteConfig.scmMinTlsVersion', '1.2'],
  ['Microsoft.Web/sites', 'siteConfig.ftpsState', 'Disabled'],
  ['Microsoft.Web/sites/basicPublishingCredentialsPolicies', 'allow', false],
];

const DATA = ['Microsoft.Storage/storageAccounts', 'Microsoft.ServiceBus/namespaces', 'Microsoft.KeyVault/vaults'];

describe('every resource', () => {
  it.each(SAID)('%s says %s: %s', (type, path, expected) => {
    const found = resourcesOf(type);
    expect(found.length).toBeGreaterThan(0);
    for (const { resource } of found) expect(at(resource.body, 'properties', ...path.split('.'))).toBe(expected);
  });

  it('switches off publishing with a password both ways', () => {
    const [policies] = resourcesOf('Microsoft.Web/sites/basicPublishingCredentialsPolicies');
    expect(policies?.resource.over).toBe("['ftp', 'scm']");
  });

  it.each([...DATA, 'Microsoft.Web/sites'])('%s is closed to public networks when it is told so', (type) => {
    for (const { resource } of resourcesOf(type)) {
      expect(textOf(at(resource.body, 'properties', 'publicNetworkAccess'))).toBe(
        "publicAccess ? 'Enabled' : 'Disabled'",
      );
    }
  });

  it('runs Node 22 on Flex Consumption, as one user-assigned identity, with the cores that host.json is set for', () => {
    const app = resourcesOf('Microsoft.Web/sites')[0]!.resource;
    const plan = resourcesOf('Microsoft.Web/serverfarms')[0]!.resource;
    const config = at(app.body, 'properties', 'functionAppConfig');
    expect(at(plan.body, 'sku')).toEqual({ name: 'FC1', tier: 'FlexConsumption' });
    expect(at(config, 'runtime')).toEqual({ name: 'node', version: '22' });
    expect(at(app.body, 'identity', 'type')).toBe('UserAssigned');
    expect(at(config, 'deployment', 'storage', 'authentication', 'type')).toBe('UserAssignedIdentity');
    const { extensions } = JSON.parse(source('host.json')) as {
      extensions: { serviceBus: { maxConcurrentCalls: number } };
    };
    // 16 calls for each core (docs/host-json.md), 2,048 MB for each core ("Flex Consumption plan", instance sizes).
    expect(MAIN.params.get('instanceMemoryMB')?.default).toBe((extensions.serviceBus.maxConcurrentCalls / 16) * 2048);
  });
});

describe('the restricted variant', () => {
  it('closes all data at once, and makes Service Bus Premium, which alone has private endpoints', () => {
    const closed = ['storage', 'serviceBus', 'ownVault', 'fleetVault'];
    const modules = MAIN.modules.filter(({ symbol }) => closed.includes(symbol));
    expect(modules.map(({ params }) => textOf(params['publicAccess']))).toEqual(closed.map(() => '!privateEndpoints'));
    expect(textOf(modules.find(({ symbol }) => symbol === 'serviceBus')?.params['sku'])).toBe(
      "privateEndpoints ? 'Premium' : serviceBusSku",
    );
  });

  it('has an endpoint for whatever is closed, with a name in each cloud', () => {
    const endpoints = MAIN.root.descendantsOfType('module_declaration').filter((one) => /Endpoint/.test(one.text));
    const groups = endpoints.flatMap((one) => [...one.text.matchAll(/groupId: '(\w+)', zone: zones\.(\w+)/g)]);
    expect(groups.map(([, group, zone]) => [group, zone])).toEqual([
      ['blob', 'blob'],
      ['table', 'table'],
      ['namespace', 'serviceBus'],
      ['vault', 'vault'],
      ['vault', 'vault'],
      ['sites', 'sites'],
    ]);
    const clouds = Object.values(JSON.parse(source('infra/private-link-zones.json')) as Record<string, object>);
    for (const zones of clouds) {
      expect(Object.keys(zones).sort()).toEqual([...new Set(groups.map(([, , zone]) => zone))].sort());
      for (const zone of Object.values(zones)) expect(zone).toMatch(/^privatelink\./);
    }
  });

  it('lets the app out through a subnet that Flex Consumption takes', () => {
    const [network] = resourcesOf('Microsoft.Network/virtualNetworks');
    const app = at(network?.resource.body, 'properties', 'subnets', 0);
    expect(at(app, 'properties', 'delegations', 0, 'properties', 'serviceName')).toBe('Microsoft.App/environments');
    expect(textOf(at(app, 'properties', 'natGateway', 'id'))).toBe('outbound.id');
  });
});

describe('what happens in the resources', () => {
  it.each(['namespace', 'vault', 'app', 'blobs', 'tableService'])('%s sends to Log Analytics', (scope) => {
    const found = resourcesOf('Microsoft.Insights/diagnosticSettings').filter(
      ({ resource }) => textOf(resource.body['scope']) === scope,
    );
    expect(found).toHaveLength(1);
    expect(textOf(at(found[0]?.resource.body, 'properties', 'workspaceId'))).toBe('workspaceId');
  });

  it('is sent from each type of resource that holds data or runs code', () => {
    for (const type of [...DATA, 'Microsoft.Web/sites']) {
      for (const { template: where } of resourcesOf(type)) {
        expect(where.resources.map((one) => one.type)).toContain('Microsoft.Insights/diagnosticSettings');
      }
    }
  });

  it('of reading secrets is written down', () => {
    const [{ resource }] = resourcesOf('Microsoft.Insights/diagnosticSettings').filter(
      ({ template: where }) => where.file === 'modules/key-vault.bicep',
    ) as [ReturnType<typeof resourcesOf>[number]];
    expect(at(resource.body, 'properties', 'logs')).toEqual([{ categoryGroup: 'audit', enabled: true }]);
  });

  it('reaches Application Insights of the same workspace', () => {
    const [insights] = resourcesOf('Microsoft.Insights/components');
    expect(textOf(at(insights?.resource.body, 'properties', 'WorkspaceResourceId'))).toBe('logs.id');
  });
});

describe('secrets', () => {
  const FILES = readdirSync(INFRA, { recursive: true, encoding: 'utf8' }).filter((file) => /\.\w+$/.test(file));

  it.each([...FILES.map((file) => `infra/${file}`), 'azure.yaml'])('are not in %s', (file) => {
    const text = readFileSync(new URL(`../${file}`, INFRA), 'utf8');
    // Keys of accounts and namespaces, signatures of shared access, private keys, and calls that fetch keys.
    for (const secret of [
      /(AccountKey|SharedAccessKey|SharedAccessSignature)\s*=/i,
      /[?&]sig=/i,
      /[A-Za-z0-9+/]{43}=(?![A-Za-z0-9])/,
      /\b[0-9a-f]{64}\b/i,
      /-----BEGIN/,
      /\blist(Keys|Secrets|AccountSas|ServiceSas|ConnectionStrings)?\s*\(/i,
      /\.(primaryKey|secondaryKey|primaryConnectionString)\b/,
      /InstrumentationKey/,
    ]) {
      expect(text).not.toMatch(secret);
    }
  });

  it('are no parameters: none is marked as one, since none has to be given', () => {
    for (const { params } of TEMPLATES) {
      const marked = [...params.values()].filter(({ name, decorators }) => {
        return decorators.has('secure') || /password|secret$|token$/i.test(name);
      });
      expect(marked).toEqual([]);
    }
  });

  it('are no resources either: the key of the installation is made by a tool, in the vault', () => {
    expect(resourcesOf('Microsoft.KeyVault/vaults/secrets')).toEqual([]);
    const settings = template('modules/function-app.bicep').variables.get('applicationSettings');
    expect(textOf(at(settings, 'FLOTILLA_HASH_KEY'))).toMatch(/^'@Microsoft\.KeyVault\(SecretUri=/);
  });
});

/** Names that Azure takes (learn.microsoft.com, "Naming rules and restrictions for Azure resources"). */
const NAME_RULES: Readonly<Record<string, RegExp>> = {
  alerts: /^[^*#&+:<>?@%{}\\/]{1,230}$/,
  fleetVault: /^[a-z](?!.*--)[a-z0-9-]{1,22}[a-z0-9]$/,
  // The host tells its instances apart by the first 32 characters.
  functionApp: /^[a-z0-9][a-z0-9-]{0,30}[a-z0-9]$/,
  identity: /^[a-z0-9][a-z0-9_-]{2,127}$/,
  insights: /^[a-z0-9._-]{1,260}$/,
  logs: /^[a-z0-9][a-z0-9-]{2,61}[a-z0-9]$/,
  // `-nat` and `-out` are appended.
  network: /^[a-z0-9][a-z0-9._-]{0,58}[a-z0-9_]$/,
  ownVault: /^[a-z](?!.*--)[a-z0-9-]{1,22}[a-z0-9]$/,
  plan: /^[a-z0-9-]{1,60}$/,
  serviceBus: /^[a-z](?!.*-(sb|mgmt)$)[a-z0-9-]{4,48}[a-z0-9]$/,
  storage: /^[a-z0-9]{3,24}$/,
};

describe('names', () => {
  const names = MAIN.variables.get('names') as Record<string, Value>;

  it('are checked, each by the rules of its type', () => {
    expect(Object.keys(names).sort()).toEqual(Object.keys(NAME_RULES).sort());
  });

  it.each(Object.entries(NAME_RULES))('%s fits', (name, rule) => {
    // `uniqueString` gives 13 letters and digits.
    const full = textOf(names[name]).replaceAll("'", '').replace('${token}', 'a1b2c3d4e5f6g');
    expect(full).toMatch(rule);
  });

  it('differ between installations, where the world shares them', () => {
    expect(textOf(MAIN.variables.get('token'))).toBe('uniqueString(subscription().id, environmentName, location)');
    for (const name of ['fleetVault', 'functionApp', 'ownVault', 'serviceBus', 'storage']) {
      expect(textOf(names[name])).toContain('${token}');
    }
  });

  it('of the group fits when the environment has the longest name there is', () => {
    const [longest] = MAIN.params.get('environmentName')!.decorators.get('maxLength')! as [number];
    expect('rg-'.length + longest).toBeLessThanOrEqual(90);
  });
});
