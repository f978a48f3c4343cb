import type { Meter } from '@opentelemetry/api';
import { FIGURES_TOLD_SECONDS } from '../../contracts/timing.ts';
import type { Gauge } from '../../ports/telemetry.ts';

/**
 * The newest figures of the installation, for as long as they are fresh: the process that measures is another one each time,
 * and a former one must not go on telling what it once saw.
 */
export class Figures {
  readonly #meter: Meter;
  readonly #nowMs: () => number;
  readonly #known = new Set<string>();
  #newest: readonly Gauge[] = [];
  #takenAt = 0;

  /** `nowMs`: real time that never goes back, as metrics are exported in real time. */
  constructor(meter: Meter, nowMs: () => number = () => performance.now()) {
    this.#meter = meter;
    this.#nowMs = nowMs;
  }

  take(measured: readonly Gauge[]): void {
    this.#newest = measured;
    this.#takenAt = this.#nowMs();
    for (const gauge of measured) this.#watch(gauge);
  }

  #watch({ name, help, unit }: Gauge): void {
    if (this.#known.has(name)) return;
    this.#known.add(name);
    this.#meter.createObservableGauge(name, { unit, description: help }).addCallback((result) => {
      for (const { value, attributes } of this.#valuesOf(name)) result.observe(value, attributes);
    });
  }

  #valuesOf(name: string): Gauge['values'] {
    if (this.#nowMs() - this.#takenAt > FIGURES_TOLD_SECONDS * 1000) return [];
    return this.#newest.find((gauge) => gauge.name === name)?.values ?? [];
  }
}
