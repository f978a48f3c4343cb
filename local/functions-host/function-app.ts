import { HostError } from './host-error.ts';
import type {
  FunctionCallback,
  FunctionMetadata,
  HookCallback,
  HookContext,
  RpcBindingInfo,
  RpcLogLevel,
} from './rpc-types.ts';

/** A function as its source registered it. */
export interface RegisteredFunction {
  readonly metadata: FunctionMetadata;
  readonly handler: FunctionCallback;
  /** Name and options of its one trigger binding. */
  readonly trigger: { readonly name: string; readonly type: string; readonly options: RpcBindingInfo };
}

/** Everything one app registered: functions by name, hooks in order, and the data its hooks share. */
export class FunctionApp {
  readonly functions = new Map<string, RegisteredFunction>();
  /** Shared by every hook of the app. */
  readonly appHookData: Record<string, unknown> = {};
  /** Shared by appStart and appTerminate hooks only. */
  readonly lifecycleHookData: Record<string, unknown> = {};
  readonly log: (level: RpcLogLevel, message: string) => void;
  readonly #hooks = new Map<string, HookCallback[]>();

  constructor(log: (level: RpcLogLevel, message: string) => void) {
    this.log = log;
  }

  addFunction(metadata: FunctionMetadata, handler: FunctionCallback): void {
    if (this.functions.has(metadata.name)) {
      throw new HostError('DUPLICATE_FUNCTION', `Two functions are named "${metadata.name}". Rename one.`);
    }
    const triggers = Object.entries(metadata.bindings).filter(([, binding]) => /trigger$/i.test(binding.type ?? ''));
    const [found] = triggers;
    if (found === undefined || triggers.length > 1) {
      throw new HostError(
        'NO_TRIGGER',
        `Function "${metadata.name}" needs exactly one trigger, has ${triggers.length}.`,
      );
    }
    const [name, options] = found;
    this.functions.set(metadata.name, { metadata, handler, trigger: { name, type: options.type ?? '', options } });
  }

  removeFunction(name: string): void {
    this.functions.delete(name);
  }

  addHook(name: string, callback: HookCallback): void {
    this.#hooks.set(name, [...(this.#hooks.get(name) ?? []), callback]);
  }

  removeHook(name: string, callback: HookCallback): void {
    this.#hooks.set(
      name,
      (this.#hooks.get(name) ?? []).filter((hook) => hook !== callback),
    );
  }

  /** Runs the hooks of one name in order of registration; a hook that throws stops the rest, as on the platform. */
  async runHooks(name: string, context: HookContext): Promise<void> {
    for (const hook of this.#hooks.get(name) ?? []) await hook(context);
  }

  /** Log hooks may rewrite level and message before the line is written; they cannot wait. */
  runLogHooks(context: HookContext): void {
    for (const hook of this.#hooks.get('log') ?? []) hook(context);
  }
}
