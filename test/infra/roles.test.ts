import { describe, expect, it } from 'vitest';
import { textOf } from './support/bicep.ts';
import { at, json, resourcesOf, source } from './support/templates.ts';

const { builtIn } = json<{ readonly builtIn: Readonly<Record<string, string>> }>('roles.json');

/** The built-in roles (learn.microsoft.com, "Azure built-in roles"). */
const GUIDS: Readonly<Record<string, string>> = {
  keyVaultSecretsUser: '4633458b-17de-408a-b874-0445c86b69e6',
  monitoringMetricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb',
  serviceBusDataOwner: '090c5cfd-751d-490a-894a-3ce6f1109419',
  storageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
  storageTableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
};

interface Assignment {
  readonly file: string;
  readonly role: string;
  readonly scope: string;
  /** Code that cannot do its work without the role, and what in it says so. */
  readonly neededBy: readonly (readonly [file: string, because: RegExp])[];
}

const ASSIGNMENTS: readonly Assignment[] = [
  {
    file: 'modules/key-vault.bicep',
    role: 'keyVaultSecretsUser',
    scope: 'vault',
    neededBy: [
      // The platform reads it for the application, as the same identity.
      ['src/config.ts', /FLOTILLA_HASH_KEY: z/],
      ['src/adapters/keyvault/vault.ts', /\.getSecret\(/],
      ['src/compose/notifier.ts', /createSecrets\(/],
    ],
  },
  {
    file: 'modules/monitoring.bicep',
    role: 'monitoringMetricsPublisher',
    scope: 'insights',
    neededBy: [
      ['host.json', /"applicationInsights"/],
      ['src/adapters/telemetry/application-insights.ts', /new AzureMonitorTraceExporter\(/],
    ],
  },
  {
    file: 'modules/service-bus.bicep',
    role: 'serviceBusDataOwner',
    scope: 'queues[i]',
    neededBy: [
      ['src/adapters/servicebus/bus.ts', /\.sendMessages\(/],
      ['src/adapters/servicebus/inbox.ts', /\.completeMessage\(/],
      // Receiving, and the lengths of queues that instances are scaled by.
      ['functions/queue-operations.ts', /serviceBusQueue\(/],
      ['functions/queue-dead-letters.ts', /\$deadletterqueue/],
    ],
  },
  {
    file: 'modules/storage.bicep',
    role: 'storageBlobDataOwner',
    scope: 'account',
    neededBy: [
      // Leases of timers, function keys and the package are blobs of the Functions host.
      ['functions/timer-wake.ts', /functions\.timer\(/],
      ['infra/modules/function-app.bicep', /type: 'blobContainer'/],
    ],
  },
  {
    file: 'modules/storage.bicep',
    role: 'storageTableDataContributor',
    scope: 'tables[i]',
    neededBy: [
      ['src/adapters/tables/tables.ts', /new TableClient\(options\.endpoint, table, options\.credential/],
      ['src/adapters/tables/table.ts', /listEntities|getEntity/],
    ],
  },
];

const onResources = resourcesOf('Microsoft.Authorization/roleAssignments').filter(
  ({ template }) => !template.file.startsWith('fleet-access/'),
);
const roleOf = (body: (typeof onResources)[number]['resource']['body']): string =>
  /roles\.(\w+)/.exec(textOf(at(body, 'properties', 'roleDefinitionId')))?.[1] ?? '';

describe('role assignments', () => {
  it('are these, on one resource each, and no others', () => {
    const found = onResources.map(({ template: { file }, resource: { body } }) => ({
      file,
      role: roleOf(body),
      scope: textOf(body['scope']),
    }));
    expect(found).toEqual(ASSIGNMENTS.map(({ file, role, scope }) => ({ file, role, scope })));
  });

  it.each(ASSIGNMENTS)('$role in $file is needed by code', ({ neededBy }) => {
    for (const [file, because] of neededBy) expect(source(file)).toMatch(because);
  });

  it('name their roles by GUID, from one list without a role to spare', () => {
    expect(builtIn).toEqual(GUIDS);
    expect([...new Set(ASSIGNMENTS.map(({ role }) => role))].sort()).toEqual(Object.keys(builtIn).sort());
    for (const { template, resource } of onResources) {
      const { file, variables } = template;
      expect([file, textOf(variables.get('roles'))]).toEqual([file, "loadJsonContent('../roles.json').builtIn"]);
      expect(textOf(at(resource.body, 'properties', 'roleDefinitionId'))).toBe(
        `subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.${roleOf(resource.body)})`,
      );
    }
  });

  it('go to the identity of the application, under a name that is the same each time', () => {
    for (const { resource } of resourcesOf('Microsoft.Authorization/roleAssignments')) {
      expect(textOf(at(resource.body, 'properties', 'principalId'))).toBe('principalId');
      expect(at(resource.body, 'properties', 'principalType')).toBe('ServicePrincipal');
      expect(textOf(resource.body['name'])).toMatch(/^guid\(.*\bprincipalId\b.*\)$/);
    }
  });
});
