import path from 'node:path';
import type { LocalClock } from '../clock.ts';
import { coreModule } from './core-module.ts';
import { describeError } from './describe-error.ts';
import { FunctionApp } from './function-app.ts';
import { readHostJson } from './host-json.ts';
import { HttpListener } from './http/http-listener.ts';
import { Invoker } from './invoker.ts';
import type { InvocationCounts } from './invoker.ts';
import { loadEntry } from './load-entry.ts';
import { jsonLines } from './log.ts';
import type { LogSink } from './log.ts';
import type { RpcLogLevel } from './rpc-types.ts';
import { Triggers } from './triggers.ts';

/** Real time that running invocations get to finish in a drain, before the host stops waiting for them. */
const DRAIN_MS_MAX = 30_000;

export interface HostOptions {
  /** A folder of function sources, a glob of them, or one file (the built bundle). */
  readonly entry: string;
  readonly hostJsonPath: string;
  /** App settings; put into `process.env` before the app is loaded, as the platform does. */
  readonly settings: Readonly<Record<string, string>>;
  readonly clock: LocalClock;
  /** HTTP port on the loopback interface; 0 picks a free one. */
  readonly port: number;
  /** Function keys, name → value; `_master` also opens `authLevel: 'admin'`. */
  readonly keys?: Readonly<Record<string, string>>;
  /** False: function keys are not asked for, as in Core Tools. Default true, as in Azure. */
  readonly auth?: boolean;
  /** Where log entries go; default: JSON lines on stdout from level `information`. */
  readonly log?: LogSink;
  /** Folder in which timers are remembered between runs; without it none is ever past due. */
  readonly stateFolder?: string;
}

export interface FunctionSummary {
  readonly name: string;
  /** `httpTrigger`, `serviceBusTrigger` or `timerTrigger`. */
  readonly trigger: string;
  /** The trigger's options as registered (route, queueName, schedule …). */
  readonly options: Readonly<Record<string, unknown>>;
}

export interface FunctionsHost {
  readonly port: number;
  readonly functions: readonly FunctionSummary[];
  /** Live counts by function name. */
  readonly invocations: ReadonlyMap<string, Readonly<InvocationCounts>>;
  /** Errors outside any invocation (unhandled rejections, uncaught exceptions), see `reportStrayError`. */
  readonly strayErrors: number;
  /** Logs and counts an error that no invocation can own, so that it need not end the process. */
  reportStrayError(error: unknown): void;
  /** Stops the intake of requests, messages and timers; resolves true when all running work has settled, false after 30 s. */
  drain(): Promise<boolean>;
  /** Drains, runs the app's terminate hooks and closes every connection. */
  close(): Promise<void>;
}

/** Loads an app and runs it as the Functions host of Azure would. Fails with a HostError that says what to correct. */
export async function startHost(options: HostOptions): Promise<FunctionsHost> {
  const { clock, entry, hostJsonPath, settings } = options;
  const sink = options.log ?? jsonLines((line) => void process.stdout.write(line), 'information');
  const log = (level: RpcLogLevel, message: string): void => {
    sink({ time: new Date(clock.now()).toISOString(), level, kind: 'host', message });
  };
  const hostJson = await readHostJson(hostJsonPath);
  Object.assign(process.env, settings);
  const app = new FunctionApp(log);
  const model = await coreModule.collect(app, (generation) => loadEntry(entry, generation));
  const functionAppDirectory = path.dirname(path.resolve(hostJsonPath));
  await app.runHooks('appStart', {
    hookData: app.lifecycleHookData,
    appHookData: app.appHookData,
    functionAppDirectory,
  });
  const capabilities = (await model.getCapabilities?.({})) ?? {};
  const invoker = new Invoker({ app, model, clock, log: sink, timeoutMs: hostJson.functionTimeout });
  const functions = [...app.functions.values()];
  const http = new HttpListener({
    functions: functions.filter((fn) => isTrigger(fn.trigger.type, 'httpTrigger')),
    invoker,
    keys: options.keys ?? {},
    auth: options.auth ?? true,
    port: options.port,
    routePrefix: hostJson.extensions.http.routePrefix,
    requestsMax: hostJson.extensions.http.maxOutstandingRequests,
    streamUri: capabilities['HttpUri'],
    log,
  });
  const triggers = new Triggers(functions, { invoker, clock, hostJson, log, stateFolder: options.stateFolder });
  const port = await http.listen();
  await triggers.start();
  log('information', `Listening on http://127.0.0.1:${port} with ${functions.length} functions.`);
  return new RunningHost({ port, app, invoker, http, triggers, log });
}

interface Parts {
  readonly port: number;
  readonly app: FunctionApp;
  readonly invoker: Invoker;
  readonly http: HttpListener;
  readonly triggers: Triggers;
  readonly log: (level: RpcLogLevel, message: string) => void;
}

class RunningHost implements FunctionsHost {
  readonly port: number;
  readonly functions: readonly FunctionSummary[];
  readonly invocations: ReadonlyMap<string, Readonly<InvocationCounts>>;
  readonly #parts: Parts;
  #strayErrors = 0;
  #draining: Promise<boolean> | undefined;
  #closing: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.port = parts.port;
    this.invocations = parts.invoker.counts;
    this.functions = [...parts.app.functions.values()].map(({ metadata, trigger }) => ({
      name: metadata.name,
      trigger: trigger.type,
      options: trigger.options,
    }));
  }

  get strayErrors(): number {
    return this.#strayErrors;
  }

  reportStrayError(error: unknown): void {
    this.#strayErrors++;
    this.#parts.log('error', `Error outside any invocation: ${describeError(error)}`);
  }

  drain(): Promise<boolean> {
    this.#draining ??= this.#drain();
    return this.#draining;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #drain(): Promise<boolean> {
    const { http, triggers, log } = this.#parts;
    log('information', 'Draining: no new work, waiting for what runs.');
    http.stopIntake();
    await triggers.stopIntake();
    const { promise: tooLong, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), DRAIN_MS_MAX);
    const drained = await Promise.race([this.#settled(), tooLong]);
    clearTimeout(timer);
    log(drained ? 'information' : 'warning', drained ? 'Drained.' : 'Some work still runs after 30 s; giving it up.');
    return drained;
  }

  async #settled(): Promise<boolean> {
    const { http, invoker, triggers } = this.#parts;
    await Promise.all([invoker.idle(), http.idle(), triggers.idle()]);
    return true;
  }

  async #close(): Promise<void> {
    await this.drain();
    const { app, http, triggers, log } = this.#parts;
    try {
      await app.runHooks('appTerminate', { hookData: app.lifecycleHookData, appHookData: app.appHookData });
    } catch (error) {
      log('error', `The app's terminate hook failed: ${describeError(error)}`);
    }
    http.close();
    await triggers.close();
  }
}

function isTrigger(type: string, wanted: string): boolean {
  return type.toLowerCase() === wanted.toLowerCase();
}
