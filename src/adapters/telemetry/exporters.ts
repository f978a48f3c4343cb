import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import {
  AggregationTemporality,
  InstrumentType,
  type PushMetricExporter,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Log } from '../../ports/log.ts';

/** The way to one collector. */
export interface Exporters {
  readonly spans: SpanExporter;
  readonly metrics: PushMetricExporter;
}

/** What an exporter gives: a function that calls back once, or twice, or throws later. */
type Export<T> = (items: T, done: (result: ExportResult) => void) => unknown;

/**
 * Makes two exporters harmless: each export ends exactly once whatever they do, failures are told by a line when they begin
 * and not for each batch, and gauges are told as they are now, without those that are gone.
 */
export function harmless(collector: string, { spans, metrics }: Exporters, log: Log): Exporters {
  return {
    spans: {
      export: told<ReadableSpan[]>((items, done) => spans.export(items, done), { collector, what: 'traces' }, log),
      forceFlush: async () => spans.forceFlush?.(),
      shutdown: () => spans.shutdown(),
    },
    metrics: {
      export: told<ResourceMetrics>((items, done) => metrics.export(items, done), { collector, what: 'metrics' }, log),
      selectAggregationTemporality: (type) =>
        // A cumulative gauge would keep the last value of everything that ever was (@opentelemetry/sdk-metrics).
        type === InstrumentType.OBSERVABLE_GAUGE
          ? AggregationTemporality.DELTA
          : (metrics.selectAggregationTemporality?.(type) ?? AggregationTemporality.CUMULATIVE),
      forceFlush: () => metrics.forceFlush(),
      shutdown: () => metrics.shutdown(),
    },
  };
}

function told<T>(
  send: Export<T>,
  facts: Readonly<Record<string, string>>,
  log: Log,
): (items: T, done: (result: ExportResult) => void) => void {
  let isFailing = false;
  return (items, done) => {
    void resultOf(send, items).then((result) => {
      const fails = result.code === ExportResultCode.FAILED;
      if (fails && !isFailing) log.warn('telemetry not exported', { ...facts, error: result.error });
      if (!fails && isFailing) log.info('telemetry exported again', facts);
      isFailing = fails;
      done(result);
    });
  };
}

function resultOf<T>(send: Export<T>, items: T): Promise<ExportResult> {
  return new Promise((resolve) => {
    const run = async (): Promise<unknown> => send(items, resolve);
    run().catch((error: unknown) => {
      resolve({ code: ExportResultCode.FAILED, error: error instanceof Error ? error : new Error(String(error)) });
    });
  });
}
