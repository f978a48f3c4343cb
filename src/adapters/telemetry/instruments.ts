import type { Counter, Histogram, Meter } from '@opentelemetry/api';
import type { Attributes, CounterName, DurationName } from '../../ports/telemetry.ts';

const COUNTERS: Readonly<Record<CounterName, { readonly unit: string; readonly description: string }>> = {
  'flotilla.rollouts.started': { unit: '{rollout}', description: 'Rollouts that were started.' },
  'flotilla.rollouts.ended': { unit: '{rollout}', description: 'Rollouts that came to an end.' },
  'flotilla.clusters.ended': { unit: '{cluster}', description: 'Clusters of rollouts that were judged.' },
  'flotilla.azure.requests': { unit: '{request}', description: 'Requests to Azure, answered or not.' },
};

interface Scale {
  readonly description: string;
  /** Upper ends of the buckets, in seconds. Ours. */
  readonly buckets: readonly number[];
}

const [MINUTE, HOUR, DAY] = [60, 3600, 24 * 3600] as const;

const DURATIONS: Readonly<Record<DurationName, Scale>> = {
  'flotilla.stage.duration': {
    description: 'From the start of a stage to its end.',
    buckets: [MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, DAY, 2 * DAY, 7 * DAY],
  },
  'flotilla.queue.age': {
    description: 'How long a message was in its queue before it was taken.',
    buckets: [0.1, 0.5, 1, 2, 5, 10, 30, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR],
  },
};

/** What is counted and measured where it happens, made on first use: who never counts something does not report it. */
export class Instruments {
  readonly #meter: Meter;
  readonly #counters = new Map<CounterName, Counter>();
  readonly #durations = new Map<DurationName, Histogram>();

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  count(name: CounterName, attributes: Attributes, by: number): void {
    const counter = this.#counters.get(name) ?? this.#meter.createCounter(name, COUNTERS[name]);
    this.#counters.set(name, counter);
    counter.add(by, attributes);
  }

  record(name: DurationName, seconds: number, attributes: Attributes): void {
    const duration = this.#durations.get(name) ?? this.#createDuration(name);
    this.#durations.set(name, duration);
    duration.record(seconds, attributes);
  }

  #createDuration(name: DurationName): Histogram {
    const { description, buckets } = DURATIONS[name];
    const advice = { explicitBucketBoundaries: [...buckets] };
    return this.#meter.createHistogram(name, { unit: 's', description, advice });
  }
}
