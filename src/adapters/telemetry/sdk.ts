import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-base';
import { SPANS_QUEUED_MAX, SPAN_TEXT_CHARACTERS_MAX } from '../../contracts/limits.ts';
import { METRICS_EXPORT_EVERY_SECONDS, TELEMETRY_EXPORT_SECONDS } from '../../contracts/timing.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import type { Exporters } from './exporters.ts';
import { Figures } from './figures.ts';
import { createFlush } from './flush.ts';
import { Instruments } from './instruments.ts';
import type { TelemetryOptions } from './options.ts';
import { resourceOf } from './resource.ts';
import { RolloutIds } from './rollout-ids.ts';
import { Spans } from './spans.ts';

const SCOPE = 'flotilla';

/**
 * The SDK of OpenTelemetry behind the port. Nothing is registered globally, so a process may have several. Spans are of
 * real time whatever FLOTILLA_CLOCK says: they are held against those of hosts and collectors, and measure what machines
 * do. Durations of the product come from whoever records them, in its clock's time.
 */
export async function createSdkTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  const exporters = await exportersOf(options);
  const resource = resourceOf(options.site);
  const ids = new RolloutIds();
  const tracers = new BasicTracerProvider({
    resource,
    idGenerator: ids,
    // By the id of the trace alone: hosts send the flag of a parent as they please, and all of a rollout is kept or nothing.
    sampler: new TraceIdRatioBasedSampler(options.sampledShare),
    spanLimits: { attributeValueLengthLimit: SPAN_TEXT_CHARACTERS_MAX },
    spanProcessors: exporters.map(({ spans }) => new BatchSpanProcessor(spans, BATCHES)),
  });
  const meters = new MeterProvider({
    resource,
    readers: exporters.map(({ metrics }) => new PeriodicExportingMetricReader({ exporter: metrics, ...ROUNDS })),
  });
  const spans = new Spans(tracers.getTracer(SCOPE), ids);
  const instruments = new Instruments(meters.getMeter(SCOPE));
  const figures = new Figures(meters.getMeter(SCOPE));
  return {
    span: (facts, work) => spans.span(facts, work),
    count: (name, attributes, by = 1) => instruments.count(name, attributes, by),
    record: (name, seconds, attributes) => instruments.record(name, seconds, attributes),
    gauges: (measured) => figures.take(measured),
    flush: createFlush([tracers, meters]),
  };
}

const BATCHES = { maxQueueSize: SPANS_QUEUED_MAX, exportTimeoutMillis: TELEMETRY_EXPORT_SECONDS * 1000 };
const ROUNDS = {
  exportIntervalMillis: METRICS_EXPORT_EVERY_SECONDS * 1000,
  exportTimeoutMillis: TELEMETRY_EXPORT_SECONDS * 1000,
};

/** Each is loaded only where it is used: most installations have one. */
async function exportersOf({ otlpEndpoint, applicationInsights, log }: TelemetryOptions): Promise<Exporters[]> {
  const exporters: Exporters[] = [];
  if (otlpEndpoint !== undefined) exporters.push((await import('./otlp.ts')).toOtlp(otlpEndpoint, log));
  if (applicationInsights !== undefined) {
    const { toApplicationInsights } = await import('./application-insights.ts');
    exporters.push(toApplicationInsights(applicationInsights, log));
  }
  return exporters;
}
