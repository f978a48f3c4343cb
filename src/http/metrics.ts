import type { HttpResponseInit } from '@azure/functions';
import type * as Prometheus from 'prom-client';
import type { Gauge } from '../ports/telemetry.ts';
import type { Call } from './route.ts';

/**
 * `GET /api/metrics`: the figures of the installation as Prometheus reads them (text format 0.0.4). Only those that are the same whichever
 * process answers: what a process counts for itself is pushed (docs/telemetry.md), since each scrape may reach another one.
 */
export async function getMetrics({ figures }: Call): Promise<HttpResponseInit> {
  // Loaded here: it takes a part of a cold start that only those who scrape need.
  const [prometheus, gauges] = await Promise.all([import('prom-client'), figures.read()]);
  const registry = new prometheus.Registry();
  for (const gauge of gauges) register(prometheus, registry, gauge);
  return { status: 200, headers: { 'content-type': registry.contentType }, body: await registry.metrics() };
}

function register(prometheus: typeof Prometheus, registry: Prometheus.Registry, gauge: Gauge): void {
  const labelNames = [...new Set(gauge.values.flatMap(({ attributes }) => Object.keys(attributes)))];
  const described = { name: prometheusName(gauge), help: gauge.help, labelNames, registers: [registry] };
  const metric = gauge.monotonic ? new prometheus.Counter(described) : new prometheus.Gauge(described);
  for (const { attributes, value } of gauge.values) metric.inc(labelsOf(attributes), value);
}

/** As OpenTelemetry turns names and units into those of Prometheus ("Prometheus and OpenMetrics Compatibility"). */
function prometheusName({ name, unit, monotonic }: Gauge): string {
  const units: Readonly<Record<string, string>> = { s: '_seconds', '1': '_ratio' };
  return `${name.replaceAll('.', '_')}${units[unit] ?? ''}${monotonic ? '_total' : ''}`;
}

function labelsOf(attributes: Gauge['values'][number]['attributes']): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, String(value)]));
}
