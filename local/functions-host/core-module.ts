import Module from 'node:module';
import type { FunctionApp } from './function-app.ts';
import { HostError } from './host-error.ts';
import type {
  FunctionCallback,
  FunctionMetadata,
  HookCallback,
  ProgrammingModel,
  RpcLogCategory,
  RpcLogLevel,
} from './rpc-types.ts';

const CORE_MODULE = '@azure/functions-core';
/** `@azure/functions` compares no versions; these say to a reader of logs that this is not Microsoft's worker. */
const VERSION = '4.0.0-local';

/**
 * What the app's `require('@azure/functions-core')` answers, as in the platform's Node worker. There is one per
 * process, because `@azure/functions` keeps the first answer it gets; registrations go to the app being loaded.
 */
class CoreModule {
  readonly version = VERSION;
  readonly hostVersion = VERSION;
  readonly Disposable = Disposable;
  #loading: FunctionApp | undefined;
  #model: ProgrammingModel | undefined;
  #installed = false;
  #generation = 0;

  /** Runs `load` with every registration going to `app`; returns the model that invokes it. One load at a time. */
  async collect(app: FunctionApp, load: (generation: number) => Promise<void>): Promise<ProgrammingModel> {
    if (this.#loading !== undefined) {
      throw new HostError(
        'APP_LOADING',
        'Another app is being loaded in this process. Await startHost before the next.',
      );
    }
    this.#install();
    this.#loading = app;
    try {
      await load(this.#generation++);
    } finally {
      this.#loading = undefined;
    }
    if (this.#model === undefined) {
      throw new HostError('NO_FUNCTIONS', 'The app registered no function through @azure/functions. Check the entry.');
    }
    return this.#model;
  }

  readonly registerFunction = (metadata: FunctionMetadata, handler: FunctionCallback): Disposable => {
    const app = this.#current(`function "${metadata.name}"`);
    app.addFunction(metadata, handler);
    return new Disposable(() => app.removeFunction(metadata.name));
  };

  readonly registerHook = (name: string, callback: HookCallback): Disposable => {
    const app = this.#current(`hook "${name}"`);
    app.addHook(name, callback);
    return new Disposable(() => app.removeHook(name, callback));
  };

  readonly setProgrammingModel = (model: ProgrammingModel): void => {
    this.#model = model;
  };

  readonly getProgrammingModel = (): ProgrammingModel | undefined => this.#model;

  /** The library's own diagnostics; only those of the load phase have an app to go to. */
  readonly log = (level: RpcLogLevel, _category: RpcLogCategory, message: string): void => {
    this.#loading?.log(level, message);
  };

  #current(what: string): FunctionApp {
    if (this.#loading === undefined) {
      throw new HostError(
        'REGISTERED_TOO_LATE',
        `${what} was registered after app start; register while the entry loads.`,
      );
    }
    return this.#loading;
  }

  /** The worker does the same: every CommonJS `require` passes here. `@azure/functions` itself is CommonJS. */
  #install(): void {
    if (this.#installed) return;
    this.#installed = true;
    const original: unknown = Reflect.get(Module.prototype, 'require');
    if (typeof original !== 'function') throw new TypeError('Module.prototype.require is not a function.');
    const intercepted = new Proxy(original, {
      apply: (target, self: unknown, args: unknown[]): unknown =>
        args[0] === CORE_MODULE ? this : Reflect.apply(target, self, args),
    });
    Reflect.set(Module.prototype, 'require', intercepted);
  }
}

/** A thing to undo once; the library's type of the same name. */
class Disposable {
  #undo: (() => void) | undefined;

  constructor(undo: () => void) {
    this.#undo = undo;
  }

  static from(...items: { dispose(): unknown }[]): Disposable {
    return new Disposable(() => {
      for (const item of items) item.dispose();
    });
  }

  dispose(): void {
    this.#undo?.();
    this.#undo = undefined;
  }
}

/** The process's core module. Process-wide state is inherent here: Node's module cache is process-wide too. */
export const coreModule = new CoreModule();
