import {
  ROOT_CONTEXT,
  SpanKind,
  trace,
  TraceFlags,
  type Context,
  type Link,
  type Span,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { parseTraceParent } from '@opentelemetry/core';
import { traceOf, type RolloutTrace } from '../../core/telemetry/rollout-trace.ts';
import type { OpenSpan, SpanFacts } from '../../ports/telemetry.ts';
import { fail, note } from './failure.ts';
import type { RolloutIds } from './rollout-ids.ts';

const KINDS: Readonly<Record<SpanFacts['kind'], SpanKind>> = {
  server: SpanKind.SERVER,
  consumer: SpanKind.CONSUMER,
  client: SpanKind.CLIENT,
  internal: SpanKind.INTERNAL,
};

/** Spans of one process, each within the one that is open around it, or in the trace of its rollout. */
export class Spans {
  readonly #tracer: Tracer;
  readonly #ids: RolloutIds;
  readonly #contexts = new AsyncLocalStorageContextManager();

  constructor(tracer: Tracer, ids: RolloutIds) {
    this.#tracer = tracer;
    this.#ids = ids;
  }

  async span<T>(facts: SpanFacts, work: (span: OpenSpan) => Promise<T>): Promise<T> {
    const around = this.#contexts.active();
    const span = this.#start(facts, trace.getSpan(around));
    try {
      return await this.#contexts.with(trace.setSpan(around, span), () =>
        work({ set: (attributes) => note(span, attributes) }),
      );
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  }

  #start(facts: SpanFacts, around: Span | undefined): Span {
    const from = callerOf(facts) ?? around?.spanContext();
    const rollout = facts.rolloutId === undefined ? undefined : traceOf(facts.rolloutId);
    if (rollout === undefined) return this.#startIn(from, facts);
    const isHere = from?.traceId === rollout.traceId;
    const links = from === undefined || isHere ? [] : [{ context: from }];
    const span = facts.isRoot
      ? this.#ids.startAs(rollout, () => this.#startIn(undefined, facts, links))
      : this.#startIn(isHere ? from : rootOf(rollout), facts, links);
    if (around && around.spanContext().traceId !== rollout.traceId) around.addLink({ context: span.spanContext() });
    return span;
  }

  #startIn(parent: SpanContext | undefined, { name, kind, attributes = {} }: SpanFacts, links: Link[] = []): Span {
    return this.#tracer.startSpan(name, { kind: KINDS[kind], attributes, links }, contextOf(parent));
  }
}

function contextOf(parent: SpanContext | undefined): Context {
  return parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
}

/** Whoever asked for the work, when what they say of themselves can be read. */
function callerOf({ traceParent }: SpanFacts): SpanContext | undefined {
  const parsed = traceParent === undefined ? undefined : parseTraceParent(traceParent);
  return parsed ? { ...parsed, isRemote: true } : undefined;
}

/** The span of the rollout itself, which may be of another process, or not even begun. */
function rootOf(rollout: RolloutTrace): SpanContext {
  return { ...rollout, traceFlags: TraceFlags.SAMPLED, isRemote: true };
}
