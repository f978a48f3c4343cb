import { MEASURED_KEPT_SECONDS } from '../../contracts/timing.ts';
import type { Within } from '../../ports/probe.ts';
import type { QueueWatch } from '../../ports/queue-watch.ts';
import type { Gauge } from '../../ports/telemetry.ts';
import type { Deps } from '../deps.ts';
import { measureFleet } from './measure-fleet.ts';

/** The figures of the installation: what was measured is told for some seconds, and those who ask at the same time share one measurement. */
export class FleetFigures {
  readonly #deps: Deps;
  readonly #watch: QueueWatch;
  readonly #within: Within;
  #measuring: Promise<readonly Gauge[]> | undefined;
  #last: { readonly gauges: readonly Gauge[]; readonly staleAt: number } | undefined;

  constructor(deps: Deps, watch: QueueWatch, within: Within) {
    this.#deps = deps;
    this.#watch = watch;
    this.#within = within;
  }

  async read(): Promise<readonly Gauge[]> {
    if (this.#last !== undefined && this.#deps.clock.now() < this.#last.staleAt) return this.#last.gauges;
    this.#measuring ??= this.#measure().finally(() => (this.#measuring = undefined));
    return this.#measuring;
  }

  async #measure(): Promise<readonly Gauge[]> {
    const gauges = await measureFleet(this.#deps, this.#watch, this.#within);
    this.#last = { gauges, staleAt: this.#deps.clock.now() + MEASURED_KEPT_SECONDS * 1000 };
    return gauges;
  }
}
