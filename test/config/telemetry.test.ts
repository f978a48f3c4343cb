import { describe, expect, it } from 'vitest';
import { TELEMETRY_OFF } from '../../src/adapters/telemetry/off.ts';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';

const BASE = {
  FLOTILLA_SUBSCRIPTIONS: '11111111-1111-1111-1111-111111111111',
  FLOTILLA_HASH_KEY: '0123456789abcdef0123456789abcdef',
  ServiceBus__fullyQualifiedNamespace: 'flotilla.servicebus.windows.net',
  Tables__endpoint: 'https://flotilla.table.core.windows.net',
};
const KEY = 'InstrumentationKey=22222222-2222-2222-2222-222222222222';

function message(settings: Record<string, string>): string {
  try {
    readConfig({ ...BASE, ...settings });
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
}

describe('settings of telemetry', () => {
  it.each<Record<string, string>>([
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otel.contoso.com:4318/base' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' },
    { OTEL_EXPORTER_OTLP_HEADERS: 'api-key=secret' },
    { OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic%20dXNlcjpwYXNz==, x-tenant=contoso' },
    { OTEL_TRACES_SAMPLER_ARG: '0' },
    { OTEL_TRACES_SAMPLER_ARG: '0.05' },
    { OTEL_TRACES_SAMPLER_ARG: '.5' },
    { OTEL_TRACES_SAMPLER_ARG: '1.0' },
    { APPLICATIONINSIGHTS_CONNECTION_STRING: KEY },
    {
      APPLICATIONINSIGHTS_CONNECTION_STRING: `${KEY};IngestionEndpoint=https://westeurope-5.in.ai.azure.com/;AADAudience=x`,
    },
    { APPLICATIONINSIGHTS_CONNECTION_STRING: `IngestionEndpoint=http://127.0.0.1:1/;${KEY}` },
  ])('may be %j', (settings) => {
    expect(message(settings)).toBe('accepted');
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://otel.contoso.com:4318'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1.contoso.com'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'otel.contoso.com:4318'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'ftp://otel.contoso.com'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'api-key'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'api key=secret'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'a=1,'],
    ['OTEL_EXPORTER_OTLP_HEADERS', '@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/otlp)'],
    ['OTEL_TRACES_SAMPLER_ARG', '1.5'],
    ['OTEL_TRACES_SAMPLER_ARG', '-1'],
    ['OTEL_TRACES_SAMPLER_ARG', '10%'],
    ['OTEL_TRACES_SAMPLER_ARG', ' '],
    ['APPLICATIONINSIGHTS_CONNECTION_STRING', 'IngestionEndpoint=https://westeurope-5.in.ai.azure.com/'],
    ['APPLICATIONINSIGHTS_CONNECTION_STRING', 'InstrumentationKey=none'],
    ['APPLICATIONINSIGHTS_CONNECTION_STRING', `${KEY};IngestionEndpoint=http://in.ai.azure.com/`],
  ])('%s may not be %s', (name, value) => {
    expect(message({ [name]: value })).toContain(name);
  });
});

describe('telemetry of the composed application', () => {
  it.each([
    [{}, true],
    [{ OTEL_TRACES_SAMPLER_ARG: '0.5' }, true],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }, false],
    [{ APPLICATIONINSIGHTS_CONNECTION_STRING: KEY }, false],
  ])('with %j is off: %s', (settings, isOff) => {
    const { telemetry } = compose(readConfig({ ...BASE, ...settings })).deps;
    expect(telemetry === TELEMETRY_OFF).toBe(isOff);
  });
});
