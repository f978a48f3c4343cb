import type { Gauge } from '../../../src/ports/telemetry.ts';

/** Gauges as `{ 'name attribute=value …': number }`. */
export function series(gauges: readonly Gauge[]): Record<string, number> {
  return Object.fromEntries(
    gauges.flatMap(({ name, values }) =>
      values.map(({ attributes, value }) => [
        [name, ...Object.entries(attributes).map(([key, one]) => `${key}=${String(one)}`)].join(' '),
        value,
      ]),
    ),
  );
}

/** Those that are not 0. */
export function told(gauges: readonly Gauge[]): Record<string, number> {
  return Object.fromEntries(Object.entries(series(gauges)).filter(([, value]) => value !== 0));
}
