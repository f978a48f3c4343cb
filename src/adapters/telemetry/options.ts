import type { TokenCredential } from '@azure/core-auth';
import type { Log } from '../../ports/log.ts';

/** Where traces and metrics go, and how many. */
export interface TelemetryOptions {
  /** Base URL of a collector that speaks OTLP over HTTP. The exporter itself reads OTEL_EXPORTER_OTLP_HEADERS. */
  readonly otlpEndpoint?: string;
  readonly applicationInsights?: { readonly connectionString: string; readonly credential: TokenCredential };
  /** Share of traces that are kept, from 0 to 1: all of a rollout or nothing. Metrics are not sampled. */
  readonly sampledShare: number;
  /** The function app, as the platform names it. */
  readonly site: { readonly name?: string; readonly region?: string };
  /** Told once when exporting begins to fail, and once when it works again. */
  readonly log: Log;
}
