import type { TokenCredential } from '@azure/core-auth';
import { createTelemetry } from '../adapters/telemetry/telemetry.ts';
import type { Config } from '../config.ts';
import type { Log } from '../ports/log.ts';
import type { Telemetry } from '../ports/telemetry.ts';

/** To the collectors that the settings name; off when they name none. */
export function telemetryOf(config: Config, credential: TokenCredential, log: Log): Telemetry {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint, APPLICATIONINSIGHTS_CONNECTION_STRING: connectionString } = config;
  const { WEBSITE_SITE_NAME: name, REGION_NAME: region } = config;
  return createTelemetry({
    ...(otlpEndpoint !== undefined && { otlpEndpoint }),
    ...(connectionString !== undefined && { applicationInsights: { connectionString, credential } }),
    sampledShare: config.OTEL_TRACES_SAMPLER_ARG,
    site: { ...(name !== undefined && { name }), ...(region !== undefined && { region }) },
    log,
  });
}
