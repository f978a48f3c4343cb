import type {
  Attributes,
  CounterName,
  DurationName,
  Gauge,
  OpenSpan,
  SpanFacts,
  Telemetry,
} from '../../ports/telemetry.ts';

/** Keeps what it is told, for tests. */
export class MemoryTelemetry implements Telemetry {
  readonly spans: (SpanFacts & { attributes: Attributes; failed: boolean })[] = [];
  readonly counted: { readonly name: CounterName; readonly attributes: Attributes; readonly by: number }[] = [];
  readonly recorded: { readonly name: DurationName; readonly seconds: number; readonly attributes: Attributes }[] = [];
  measured: readonly Gauge[] = [];

  async span<T>(facts: SpanFacts, work: (span: OpenSpan) => Promise<T>): Promise<T> {
    const kept = { ...facts, attributes: { ...facts.attributes }, failed: false };
    this.spans.push(kept);
    try {
      return await work({ set: (attributes) => void Object.assign(kept.attributes, attributes) });
    } catch (error) {
      kept.failed = true;
      throw error;
    }
  }

  count(name: CounterName, attributes: Attributes, by = 1): void {
    this.counted.push({ name, attributes, by });
  }

  record(name: DurationName, seconds: number, attributes: Attributes): void {
    this.recorded.push({ name, seconds, attributes });
  }

  gauges(measured: readonly Gauge[]): void {
    this.measured = measured;
  }

  async flush(): Promise<void> {}
}
