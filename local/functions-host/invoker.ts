import { randomUUID } from 'node:crypto';
import type { LocalClock } from '../clock.ts';
import { describeError } from './describe-error.ts';
import type { FunctionApp, RegisteredFunction } from './function-app.ts';
import type { LogSink } from './log.ts';
import { Pending } from './pending.ts';
import type {
  CoreInvocationContext,
  HookContext,
  ProgrammingModel,
  RpcInvocationResponse,
  RpcTypedData,
} from './rpc-types.ts';
import { childTraceParent } from './trace-context.ts';

/** What a trigger gives to an invocation. */
export interface TriggerInput {
  readonly data: RpcTypedData;
  readonly metadata: Record<string, RpcTypedData>;
  /** The caller's `traceparent`, when it sent one. */
  readonly traceParent?: unknown;
  /** Set by a trigger that must know the id before the handler runs. */
  readonly invocationId?: string;
}

export type Outcome =
  | { readonly succeeded: true; readonly response: RpcInvocationResponse }
  | { readonly succeeded: false; readonly error: string };

export interface InvocationCounts {
  started: number;
  succeeded: number;
  failed: number;
}

export interface InvokerOptions {
  readonly app: FunctionApp;
  readonly model: ProgrammingModel;
  readonly clock: LocalClock;
  readonly log: LogSink;
  /** Local-cloud milliseconds after which an invocation counts as failed; undefined: no limit. */
  readonly timeoutMs: number | undefined;
}

/**
 * Runs invocations through `@azure/functions`' own code: arguments, hooks, handler, response. Never throws: whatever a
 * handler does becomes an outcome, a log line and a count.
 */
export class Invoker {
  readonly counts = new Map<string, InvocationCounts>();
  readonly #options: InvokerOptions;
  readonly #running = new Pending();

  constructor(options: InvokerOptions) {
    this.#options = options;
  }

  async invoke(fn: RegisteredFunction, input: TriggerInput): Promise<Outcome> {
    const { clock, log } = this.#options;
    const counts = this.#countsOf(fn.metadata.name);
    const context = this.#coreContext(fn, input);
    const startedAt = clock.now();
    counts.started++;
    const outcome = await this.#running.track(this.#bounded(this.#run(fn, context)));
    if (outcome.succeeded) counts.succeeded++;
    else counts.failed++;
    log({
      time: new Date(clock.now()).toISOString(),
      level: outcome.succeeded ? 'information' : 'error',
      kind: 'invocation',
      function: fn.metadata.name,
      invocationId: context.invocationId,
      outcome: outcome.succeeded ? 'succeeded' : 'failed',
      durationMs: clock.now() - startedAt,
      message: outcome.succeeded ? 'Invocation succeeded.' : outcome.error,
    });
    return outcome;
  }

  /** Resolves when no invocation runs any more. */
  idle(): Promise<void> {
    return this.#running.idle();
  }

  async #run(fn: RegisteredFunction, core: CoreInvocationContext): Promise<Outcome> {
    try {
      return await this.#runThroughLibrary(fn, core);
    } catch (error) {
      return { succeeded: false, error: describeError(error) };
    }
  }

  async #runThroughLibrary(fn: RegisteredFunction, core: CoreInvocationContext): Promise<Outcome> {
    const { app, model } = this.#options;
    const invocation = model.getInvocationModel(core);
    const { context, inputs } = await invocation.getArguments();
    const shared = { hookData: {}, appHookData: app.appHookData, invocationContext: context };
    const before = { ...shared, functionCallback: fn.handler, inputs };
    core.state = 'preInvocationHooks';
    await app.runHooks('preInvocation', before);
    const after: AfterInvocation = { ...shared, inputs: before.inputs, result: null, error: null };
    core.state = 'invocation';
    try {
      after.result = await invocation.invokeFunction(context, before.inputs, before.functionCallback);
    } catch (error) {
      after.error = error;
      if (!isError(error))
        core.log('warning', 'system', `The handler threw ${String(error)}: the platform counts that as success.`);
    }
    core.state = 'postInvocationHooks';
    await app.runHooks('postInvocation', after);
    core.state = undefined;
    if (isError(after.error)) return { succeeded: false, error: describeError(after.error) };
    return { succeeded: true, response: await invocation.getResponse(context, after.result) };
  }

  async #bounded(run: Promise<Outcome>): Promise<Outcome> {
    const { clock, timeoutMs } = this.#options;
    if (timeoutMs === undefined) return run;
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const error = `The invocation ran longer than functionTimeout (${timeoutMs / 1000} s).`;
    const cancel = clock.after(timeoutMs, () => resolve({ succeeded: false, error }));
    const outcome = await Promise.race([run, promise]);
    cancel();
    return outcome;
  }

  #coreContext(fn: RegisteredFunction, input: TriggerInput): CoreInvocationContext {
    const { app, clock, log } = this.#options;
    const invocationId = input.invocationId ?? randomUUID();
    const name = fn.metadata.name;
    return {
      invocationId,
      metadata: fn.metadata,
      request: {
        invocationId,
        inputData: [{ name: fn.trigger.name, data: input.data }],
        triggerMetadata: input.metadata,
        traceContext: { traceParent: childTraceParent(input.traceParent), traceState: '', attributes: {} },
      },
      log(level, category, message) {
        const line = { level, message, category, hookData: {}, appHookData: app.appHookData };
        app.runLogHooks(line);
        log({
          time: new Date(clock.now()).toISOString(),
          kind: 'log',
          function: name,
          invocationId,
          level: line.level,
          message: line.message,
        });
      },
    };
  }

  #countsOf(name: string): InvocationCounts {
    const known = this.counts.get(name) ?? { started: 0, succeeded: 0, failed: 0 };
    this.counts.set(name, known);
    return known;
  }
}

/** What postInvocation hooks see; they may replace the result or the error. */
interface AfterInvocation extends HookContext {
  result: unknown;
  error: unknown;
}

/** The worker's rule: a thrown null or undefined is no error. A message lost that way is at least logged. */
function isError(thrown: unknown): boolean {
  return thrown !== undefined && thrown !== null;
}
