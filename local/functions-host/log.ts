import type { RpcLogLevel } from './rpc-types.ts';

/** One line of the host's log. `kind` says who speaks: the host, the app's `context.log`, or the end of an invocation. */
export interface LogEntry {
  /** ISO time in local-cloud time. */
  readonly time: string;
  readonly level: RpcLogLevel;
  readonly kind: 'host' | 'log' | 'invocation';
  readonly message: string;
  readonly function?: string;
  readonly invocationId?: string;
  readonly outcome?: 'succeeded' | 'failed';
  /** Local-cloud milliseconds. */
  readonly durationMs?: number;
}

export type LogSink = (entry: LogEntry) => void;

const LEVELS: readonly RpcLogLevel[] = ['trace', 'debug', 'information', 'warning', 'error', 'critical', 'none'];
const MESSAGE_CHARACTERS_MAX = 16_384;

/** A sink that writes one JSON line per entry at or above `level`; level `none` writes nothing. */
export function jsonLines(write: (line: string) => void, level: RpcLogLevel): LogSink {
  const lowest = LEVELS.indexOf(level);
  return (entry) => {
    if (level === 'none' || LEVELS.indexOf(entry.level) < lowest) return;
    const message = entry.message.slice(0, MESSAGE_CHARACTERS_MAX);
    write(`${JSON.stringify({ ...entry, message })}\n`);
  };
}

export function isLogLevel(value: string): value is RpcLogLevel {
  return LEVELS.some((level) => level === value);
}
