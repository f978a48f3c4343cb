import type { TokenCredential } from '@azure/core-auth';
import { createDefaultHttpClient, type HttpClient, type PipelinePolicy } from '@azure/core-rest-pipeline';
import { AzureMonitorMetricExporter, AzureMonitorTraceExporter } from '@azure/monitor-opentelemetry-exporter';
import { TELEMETRY_EXPORT_SECONDS } from '../../contracts/timing.ts';
import type { Log } from '../../ports/log.ts';
import { isLoopback, plainHttpTo } from '../http-loopback.ts';
import { harmless, type Exporters } from './exporters.ts';

interface ApplicationInsights {
  readonly connectionString: string;
  /** Whoever may publish to it (role `Monitoring Metrics Publisher`). */
  readonly credential: TokenCredential;
}

/**
 * To Application Insights, signed in with the identity of the installation. What cannot be sent is lost rather than kept in
 * files: instances come and go, and their disks with them.
 */
export function toApplicationInsights({ connectionString, credential }: ApplicationInsights, log: Log): Exporters {
  const httpClient = within(TELEMETRY_EXPORT_SECONDS, wireTo(connectionString));
  const options = {
    connectionString,
    credential,
    disableOfflineStorage: true,
    httpClient,
    retryOptions: { maxRetries: 1 },
    additionalPolicies: [{ policy: TELLING, position: 'perCall' as const }],
  };
  const [spans, metrics] = [new AzureMonitorTraceExporter(options), new AzureMonitorMetricExporter(options)];
  return harmless('Application Insights', { spans, metrics }, log);
}

/**
 * What is left after retries becomes an error that the exporter does not know: those that it knows it takes for stored on the
 * disk and reports as success, even where it stores nothing.
 */
const TELLING: PipelinePolicy = {
  name: 'telling',
  sendRequest: async (request, next) => {
    const response = await next(request).catch((error: unknown) => {
      throw new Error(error instanceof Error ? error.message : String(error));
    });
    if (response.status >= 400) throw new Error(`Application Insights answered ${response.status}.`);
    return response;
  },
};

/** The exporter turns every endpoint into https://; one on this very machine has no certificate. */
function wireTo(connectionString: string): HttpClient {
  const wire = createDefaultHttpClient();
  const plain = /(?:^|;)IngestionEndpoint=(http:[^;]+)/i.exec(connectionString)?.[1];
  if (plain === undefined) return wire;
  const { host, hostname } = new URL(plain);
  return isLoopback(hostname) ? plainHttpTo(host, wire) : wire;
}

function within(seconds: number, wire: HttpClient): HttpClient {
  return {
    sendRequest: (request) => {
      request.timeout = seconds * 1000;
      return wire.sendRequest(request);
    },
  };
}
