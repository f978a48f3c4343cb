import { describe, expect, it } from 'vitest';
import { readConfig, Settings } from '../../src/config.ts';
import { textOf, type Value } from './support/bicep.ts';
import { MAIN, source, template } from './support/templates.ts';

const app = template('modules/function-app.bicep');
const application = app.variables.get('applicationSettings') as Record<string, Value>;
const host = app.variables.get('hostSettings') as Record<string, Value>;

/** Settings that no deployment has, with the reason. */
const NOT_DEPLOYED: Readonly<Record<string, string>> = {
  ServiceBus: 'a connection string, for emulators',
  Tables: 'a connection string, for emulators',
  FLOTILLA_CLOCK: 'time of the local cloud',
  FLOTILLA_AUTH: 'off beside the local cloud only',
  WEBSITE_HOSTNAME: 'set by the platform',
  WEBSITE_AUTH_ENABLED: 'set by the platform',
  WEBSITE_SITE_NAME: 'set by the platform',
  REGION_NAME: 'set by the platform',
};

/** What the Functions host and libraries read, with what makes them do so. */
const HOST: Readonly<Record<string, { readonly file: string; readonly because: RegExp }>> = {
  AzureWebJobsStorage__blobServiceUri: { file: 'functions/timer-wake.ts', because: /functions\.timer\(/ },
  AzureWebJobsStorage__credential: { file: 'functions/timer-wake.ts', because: /functions\.timer\(/ },
  AzureWebJobsStorage__clientId: { file: 'functions/timer-wake.ts', because: /functions\.timer\(/ },
  ServiceBus__credential: { file: 'functions/queue-rollouts.ts', because: /connection: 'ServiceBus'/ },
  ServiceBus__clientId: { file: 'functions/queue-rollouts.ts', because: /connection: 'ServiceBus'/ },
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: { file: 'host.json', because: /"applicationInsights"/ },
  APPLICATION_INSIGHTS_NO_STATSBEAT: {
    file: 'src/adapters/telemetry/application-insights.ts',
    because: /from '@azure\/monitor-opentelemetry-exporter'/,
  },
};

describe('settings of the function app', () => {
  it('are those that the code reads: none is missing, and none is there for nothing', () => {
    const read = Object.keys(Settings.shape).filter((name) => !(name in NOT_DEPLOYED));
    expect(Object.keys(application).sort()).toEqual(read.sort());
  });

  it('leave out only settings that exist', () => {
    expect(Object.keys(Settings.shape)).toEqual(expect.arrayContaining(Object.keys(NOT_DEPLOYED)));
  });

  it('of the host are needed by something that is there', () => {
    expect(Object.keys(host).sort()).toEqual(Object.keys(HOST).sort());
    for (const { file, because } of Object.values(HOST)) expect(source(file)).toMatch(because);
  });

  it('are all that is deployed', () => {
    const settings = app.resources.find(({ symbol }) => symbol === 'settings');
    expect(textOf(settings?.body['properties'])).toBe('union(applicationSettings, hostSettings)');
  });

  it('make a configuration that the application takes, once they have values', () => {
    const values: Readonly<Record<string, string>> = {
      "join(fleetSubscriptions, ',')": '11111111-1111-1111-1111-111111111111,22222222-2222-2222-2222-222222222222',
      'environment().authentication.loginEndpoint': 'https://login.microsoftonline.com/',
      authEasyAuth: 'ignored',
      'clouds[environment().name]': 'public',
      'environment().resourceManager': 'https://management.azure.com/',
      "'@Microsoft.KeyVault(SecretUri=${ownVault.properties.vaultUri}secrets/hash-key)'": '0'.repeat(64),
      "join(fleetVaultHosts, ',')": 'kv-fleet-abc.vault.azure.net,kv-other.vault.azure.net',
      serviceBusHost: 'sb-flotilla-abc.servicebus.windows.net',
      'storage.properties.primaryEndpoints.table': 'https://stflotillaabc.table.core.windows.net/',
      identityClientId: '33333333-3333-3333-3333-333333333333',
      'insights.properties.ConnectionString':
        'InstrumentationKey=44444444-4444-4444-4444-444444444444;IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/;LiveEndpoint=https://westeurope.livediagnostics.monitor.azure.com/;ApplicationId=55555555-5555-5555-5555-555555555555',
    };
    // What is left are parameters that are empty by default.
    const environment = Object.fromEntries(
      Object.entries(application).map(([name, value]) => {
        const given = values[textOf(value)];
        if (given === undefined) expect([name, MAIN.params.get(textOf(value))?.default]).toEqual([name, '']);
        return [name, given ?? ''];
      }),
    );
    expect(() => readConfig(environment)).not.toThrow();
  });
});
