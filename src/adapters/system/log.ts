import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';

export type LogLevel = 'info' | 'warn' | 'error';

/** Takes one finished line, without its line end. The level is for sinks that keep levels apart, such as a function context. */
export type LogSink = (line: string, level: LogLevel) => void;

/**
 * One JSON object per line: `time`, `level`, `message` and the facts under `facts`, so that no fact can pose as one of
 * them. JSON escapes control characters, so no value can begin a line of its own. Without a sink it writes to stdout.
 */
export function createLog(clock: Clock, sink: LogSink = toStdout): Log {
  const write = (level: LogLevel, message: string, facts?: Readonly<Record<string, unknown>>): void => {
    const time = new Date(clock.now()).toISOString();
    sink(toJson({ time, level, message, facts }), level);
  };
  return {
    info: (message, facts) => write('info', message, facts),
    warn: (message, facts) => write('warn', message, facts),
    error: (message, facts) => write('error', message, facts),
  };
}

function toStdout(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** A log line must never be the reason that something fails or is missing: what JSON cannot hold becomes text. */
function toJson(entry: Readonly<Record<string, unknown>>): string {
  try {
    return JSON.stringify(entry, plain);
  } catch (error) {
    return JSON.stringify({ ...entry, facts: { unwritable: String(error) } });
  }
}

function plain(_key: string, value: unknown): unknown {
  if (value instanceof Error) return errorFacts(value);
  return typeof value === 'bigint' ? value.toString() : value;
}

/** Only these: errors of SDKs carry requests, and requests carry tokens. */
function errorFacts(error: Error): Readonly<Record<string, unknown>> {
  const code = 'code' in error ? { code: error.code } : {};
  return { name: error.name, ...code, message: error.message, stack: error.stack, cause: error.cause };
}
