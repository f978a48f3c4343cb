import { z } from 'zod';
import type { LocalClock } from '../../clock.ts';
import { describeError } from '../describe-error.ts';
import type { RegisteredFunction } from '../function-app.ts';
import type { Invoker } from '../invoker.ts';
import { parseBinding } from '../parse-binding.ts';
import { Pending } from '../pending.ts';
import type { RpcLogLevel } from '../rpc-types.ts';
import { resolveSettings } from '../setting-references.ts';
import { parseSchedule } from './schedule.ts';
import type { Schedule } from './schedule.ts';
import type { TimerStatus, TimerStatusStore } from './timer-status-store.ts';

const timerTrigger = z.object({
  schedule: z.string(),
  runOnStartup: z.boolean().default(false),
  useMonitor: z.boolean().default(true),
});

export interface TimerOptions {
  readonly invoker: Invoker;
  readonly clock: LocalClock;
  readonly store: TimerStatusStore;
  readonly log: (level: RpcLogLevel, message: string) => void;
}

/** Schedules that fire more often are not remembered, as on the platform. */
const MONITORED_INTERVAL_MS_MIN = 60_000;
/** How the platform writes "never fired yet". */
const NEVER = '0001-01-01T00:00:00+00:00';

/**
 * Fires one timer function by its schedule in local-cloud time, never twice at once: what falls due during a run is
 * skipped. With a remembered status (`useMonitor`) an occurrence missed while the host was down fires at start, once,
 * with `isPastDue`.
 */
export class TimerListener {
  readonly #fn: RegisteredFunction;
  readonly #options: TimerOptions;
  readonly #runs = new Pending();
  readonly #schedule: Schedule;
  readonly #runOnStartup: boolean;
  readonly #monitored: boolean;
  #status: TimerStatus | undefined;
  #cancel = (): void => undefined;
  #stopped = false;

  constructor(fn: RegisteredFunction, options: TimerOptions) {
    this.#fn = fn;
    this.#options = options;
    const binding = parseBinding(timerTrigger, fn);
    this.#schedule = parseSchedule(resolveSettings(binding.schedule, fn.metadata.name), fn.metadata.name);
    this.#runOnStartup = binding.runOnStartup;
    this.#monitored = binding.useMonitor && this.#intervalMs() >= MONITORED_INTERVAL_MS_MIN;
  }

  async start(): Promise<void> {
    const isPastDue = this.#monitored && (await this.#isPastDue());
    if (isPastDue || this.#runOnStartup) void this.#runs.track(this.#fire(isPastDue));
    else this.#wait();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  /** Resolves when its run, if any, has ended and is remembered. */
  idle(): Promise<void> {
    return this.#runs.idle();
  }

  #wait(): void {
    const next = this.#schedule.next(this.#options.clock.now());
    if (this.#stopped || next === undefined) return;
    this.#cancel = this.#options.clock.after(next - this.#options.clock.now(), () => {
      // A scaled clock may wake a fraction early; firing before the due time would fire the same occurrence twice.
      if (this.#options.clock.now() < next) this.#wait();
      else void this.#runs.track(this.#fire(false));
    });
  }

  async #fire(isPastDue: boolean): Promise<void> {
    const firedAtMs = this.#options.clock.now();
    const info = { Schedule: { AdjustForDST: true }, ScheduleStatus: toWire(this.#status), IsPastDue: isPastDue };
    await this.#options.invoker.invoke(this.#fn, { data: { json: JSON.stringify(info) }, metadata: {} });
    if (this.#monitored) await this.#remember(firedAtMs, firedAtMs);
    this.#wait();
  }

  async #isPastDue(): Promise<boolean> {
    const now = this.#options.clock.now();
    this.#status = await this.#options.store.read(this.#fn.metadata.name);
    if (this.#status === undefined) await this.#remember(undefined, now);
    // The next time is computed anew: the schedule may have changed since.
    return (this.#schedule.next(this.#status?.updatedMs ?? now) ?? Infinity) < now;
  }

  async #remember(lastMs: number | undefined, updatedMs: number): Promise<void> {
    this.#status = { lastMs, nextMs: this.#schedule.next(updatedMs) ?? updatedMs, updatedMs };
    try {
      await this.#options.store.write(this.#fn.metadata.name, this.#status);
    } catch (error) {
      this.#options.log('warning', `Timer "${this.#fn.metadata.name}" was not remembered: ${describeError(error)}`);
    }
  }

  #intervalMs(): number {
    const first = this.#schedule.next(this.#options.clock.now()) ?? Infinity;
    return (this.#schedule.next(first) ?? Infinity) - first;
  }
}

function toWire(status: TimerStatus | undefined): { Last: string; Next: string; LastUpdated: string } | null {
  if (status === undefined) return null;
  const last = status.lastMs === undefined ? NEVER : iso(status.lastMs);
  return { Last: last, Next: iso(status.nextMs), LastUpdated: iso(status.updatedMs) };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
