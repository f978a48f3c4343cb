import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { TELEMETRY_EXPORT_SECONDS } from '../../contracts/timing.ts';
import type { Log } from '../../ports/log.ts';
import { harmless, type Exporters } from './exporters.ts';

/** To a collector that speaks OTLP over HTTP; `endpoint` is its base URL (OpenTelemetry, "Protocol exporter": `/v1/traces`, `/v1/metrics`). */
export function toOtlp(endpoint: string, log: Log): Exporters {
  const base = endpoint.replace(/\/+$/, '');
  const timeoutMillis = TELEMETRY_EXPORT_SECONDS * 1000;
  const spans = new OTLPTraceExporter({ url: `${base}/v1/traces`, timeoutMillis });
  const metrics = new OTLPMetricExporter({ url: `${base}/v1/metrics`, timeoutMillis });
  return harmless('OTLP', { spans, metrics }, log);
}
