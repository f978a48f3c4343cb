import { z } from 'zod';

const InvocationLine = z.object({
  kind: z.literal('invocation'),
  function: z.string(),
  time: z.iso.datetime().transform((text) => Date.parse(text)),
  durationMs: z.number(),
});

/** Lines of the host have a `kind`. */
const ApplicationLine = z.object({ message: z.string(), kind: z.undefined().optional() });

type Span = readonly [from: number, to: number];

/** Functions of HTTP have names of this form. */
const HTTP_FUNCTION = /^(get|post|put|delete)-/;
/**
 * Flex Consumption bills an instance for as long as anything runs on it, and for a second at least; functions share instances with
 * none but themselves, except for those of HTTP (Azure Functions, "Per-function scaling").
 */
const BILLED_MS_MIN = 1000;

/** What queues and timers have run, in the time of the local cloud. HTTP is left out: it is the bench that asks. */
export class HostLog {
  readonly #spans = new Map<string, Span[]>();
  /** Characters that the application has logged. */
  applicationCharacters = 0;

  /** Takes one line of the host's log. */
  readonly take = (line: string): void => {
    const entry = jsonOf(line);
    if (ApplicationLine.safeParse(entry).success) this.applicationCharacters += line.length;
    const parsed = InvocationLine.safeParse(entry);
    if (!parsed.success || HTTP_FUNCTION.test(parsed.data.function)) return;
    const { function: name, time, durationMs } = parsed.data;
    const from = time - durationMs;
    const spans = this.#spans.get(name) ?? [];
    spans.push([from, Math.max(time, from + BILLED_MS_MIN)]);
    this.#spans.set(name, spans);
  };

  /** Forgets what was counted so far. */
  reset(): void {
    this.#spans.clear();
    this.applicationCharacters = 0;
  }

  get executions(): number {
    return [...this.#spans.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** What is billed when each function has one instance. */
  get activeSeconds(): number {
    return Math.round([...this.#spans.values()].reduce((sum, spans) => sum + activeMs(spans), 0) / 1000);
  }
}

function activeMs(spans: readonly Span[]): number {
  let activeMs = 0;
  let end = Number.NEGATIVE_INFINITY;
  for (const [from, to] of spans.toSorted(([one], [other]) => one - other)) {
    activeMs += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return activeMs;
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
