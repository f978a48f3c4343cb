import { startHttpFixture, type Answer, type Recorded } from '../http-fixture.ts';

type Values = Readonly<Record<string, string | number | boolean>>;

/** A span as a collector got it. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the root of a trace. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  readonly attributes: Values;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status: { readonly code: 'unset' | 'ok' | 'error'; readonly message?: string };
  readonly startedAtMs: number;
  readonly durationMs: number;
  /** Of the process that it came from. */
  readonly resource: Values;
}

/** A metric of one export, with all its points. */
export interface ReceivedMetric {
  readonly name: string;
  readonly unit: string;
  readonly kind: 'sum' | 'gauge' | 'histogram';
  /** `value` is the sum of a histogram; only that has a `count`. */
  readonly points: readonly { readonly attributes: Values; readonly value: number; readonly count?: number }[];
}

export interface OtlpReceiver {
  /** What OTEL_EXPORTER_OTLP_ENDPOINT is set to. */
  readonly url: string;
  /** As they came. */
  readonly requests: readonly Recorded[];
  /** All that came so far. */
  spans(): readonly ReceivedSpan[];
  /** All exports so far: the same metric comes again with each of them. */
  metrics(): readonly ReceivedMetric[];
  stop(): Promise<void>;
}

/** A collector that takes OTLP/HTTP in JSON on a free port; `answer` makes one that does not. */
export async function startOtlpReceiver(answer?: () => Answer): Promise<OtlpReceiver> {
  const server = await startHttpFixture(() => answer?.() ?? { status: 200, body: {} });
  const bodies = <T>(path: string): T[] =>
    server.requests.filter(({ url }) => url === path).map(({ body }) => JSON.parse(body) as T);
  return {
    url: server.endpoint,
    requests: server.requests,
    spans: () => bodies<TracesBody>('/v1/traces').flatMap(spansOf),
    metrics: () => bodies<MetricsBody>('/v1/metrics').flatMap(metricsOf),
    stop: () => server.close(),
  };
}

interface KeyValue {
  readonly key: string;
  readonly value: {
    readonly stringValue?: string;
    readonly intValue?: number | string;
    readonly doubleValue?: number;
    readonly boolValue?: boolean;
  };
}

interface TracesBody {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly { readonly spans: readonly RawSpan[] }[];
  }[];
}

interface RawSpan extends Pick<ReceivedSpan, 'traceId' | 'spanId' | 'name'> {
  readonly parentSpanId?: string;
  readonly kind: number;
  readonly attributes: readonly KeyValue[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status: { readonly code: number; readonly message?: string };
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
}

interface Point {
  readonly attributes: readonly KeyValue[];
  readonly asDouble?: number;
  readonly asInt?: number | string;
  readonly sum?: number;
  readonly count?: number | string;
}

interface MetricsBody {
  readonly resourceMetrics: readonly {
    readonly scopeMetrics: readonly {
      readonly metrics: readonly ({ readonly name: string; readonly unit: string } & {
        readonly [kind in ReceivedMetric['kind']]?: { readonly dataPoints: readonly Point[] };
      })[];
    }[];
  }[];
}

const NANOSECONDS = 1e6;
const KINDS = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const CODES = ['unset', 'ok', 'error'] as const;

function spansOf({ resourceSpans }: TracesBody): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map((span) => spanOf(span, valuesOf(resource.attributes)))),
  );
}

function spanOf(raw: RawSpan, resource: Values): ReceivedSpan {
  const startedAtMs = Number(raw.startTimeUnixNano) / NANOSECONDS;
  const { code, message } = raw.status;
  return {
    traceId: raw.traceId,
    spanId: raw.spanId,
    parentSpanId: raw.parentSpanId ?? '',
    name: raw.name,
    kind: KINDS[raw.kind]!,
    attributes: valuesOf(raw.attributes),
    links: (raw.links ?? []).map(({ traceId, spanId }) => ({ traceId, spanId })),
    status: { code: CODES[code]!, ...(message && { message }) },
    startedAtMs,
    durationMs: Number(raw.endTimeUnixNano) / NANOSECONDS - startedAtMs,
    resource,
  };
}

function metricsOf({ resourceMetrics }: MetricsBody): ReceivedMetric[] {
  const all = resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
  return all.map((metric) => {
    const kind = (['sum', 'gauge', 'histogram'] as const).find((each) => metric[each])!;
    return { name: metric.name, unit: metric.unit, kind, points: metric[kind]!.dataPoints.map(pointOf) };
  });
}

function pointOf({ attributes, asDouble, asInt, sum, count }: Point): ReceivedMetric['points'][number] {
  const value = Number(asDouble ?? asInt ?? sum);
  return { attributes: valuesOf(attributes), value, ...(count !== undefined && { count: Number(count) }) };
}

function valuesOf(attributes: readonly KeyValue[]): Values {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? value.boolValue ?? Number(value.intValue ?? value.doubleValue),
    ]),
  );
}
