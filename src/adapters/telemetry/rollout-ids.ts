import { RandomIdGenerator, type IdGenerator } from '@opentelemetry/sdk-trace-base';
import type { RolloutTrace } from '../../core/telemetry/rollout-trace.ts';

/** Random ids, but for the span of a rollout itself: its ids follow from the rollout's, so that others can be its children unseen. */
export class RolloutIds implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  #next: RolloutTrace | undefined;

  /** Runs `start`, in which the one span that begins gets these ids. */
  startAs<T>(ids: RolloutTrace, start: () => T): T {
    this.#next = ids;
    try {
      return start();
    } finally {
      this.#next = undefined;
    }
  }

  generateTraceId = (): string => this.#next?.traceId ?? this.#random.generateTraceId();

  generateSpanId = (): string => this.#next?.spanId ?? this.#random.generateSpanId();
}
