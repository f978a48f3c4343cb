/** What a span is about; shown by whatever collects traces, so never a secret and never a body. */
export interface SpanFacts {
  /** Few different ones: the name of a function, a method with the kind of a resource. Ids go into attributes. */
  readonly name: string;
  /** What kind of work it is, as OpenTelemetry has it. */
  readonly kind: 'server' | 'consumer' | 'client' | 'internal';
  /** Puts the span into the trace of this rollout (`traceOf`), wherever it came from. No ULID: as if there were none. */
  readonly rolloutId?: string;
  /**
   * True for the one span that stands for the rollout itself, by whoever created it: it becomes the root of the trace, which
   * the other spans of the rollout are under, even those of other processes that began earlier or never hear of it.
   */
  readonly isRoot?: boolean;
  /**
   * W3C `traceparent` of whoever asked for it; the span that is open around it is the parent otherwise. A span of a rollout is
   * no child of either unless they are of the same rollout: then they are linked, and the span around it links back.
   */
  readonly traceParent?: string;
  readonly attributes?: Attributes;
}

export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** One span while its work is under way. */
export interface OpenSpan {
  /** `error.type` among them marks the span as failed, though the work does not throw: an answer that is an error. */
  set(attributes: Attributes): void;
}

/** What is counted where it happens. Names and units: docs/telemetry.md. */
export type CounterName =
  'flotilla.rollouts.started' | 'flotilla.rollouts.ended' | 'flotilla.clusters.ended' | 'flotilla.azure.requests';

/** What is measured where it happens, in seconds. */
export type DurationName = 'flotilla.stage.duration' | 'flotilla.queue.age';

/** One figure of the whole installation, read from what is stored: it is the same whichever process reads it. */
export interface Gauge {
  readonly name: string;
  /** For people, one sentence. */
  readonly help: string;
  /** UCUM, as OpenTelemetry writes units: `s`, `1`, `{cluster}`. */
  readonly unit: string;
  /** It counts something that happens, and so only grows. */
  readonly monotonic?: true;
  readonly values: readonly { readonly attributes: Attributes; readonly value: number }[];
}

/** Traces and metrics. Never throws and never waits for a collector: what cannot be exported is lost, and work goes on. */
export interface Telemetry {
  /** Runs `work` within a span, which ends with it, as failed when it throws. Without a collector it only runs `work`. */
  span<T>(facts: SpanFacts, work: (span: OpenSpan) => Promise<T>): Promise<T>;
  count(name: CounterName, attributes: Attributes, by?: number): void;
  record(name: DurationName, seconds: number, attributes: Attributes): void;
  /** Takes the newest figures of the installation in place of the former ones. */
  gauges(measured: readonly Gauge[]): void;
  /** Sends what has gathered, within some seconds: a process of Azure Functions may be frozen or ended after any call. */
  flush(): Promise<void>;
}
