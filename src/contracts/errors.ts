/**
 * The three kinds of error (architecture, law 14). A bug is any other error: it is not caught, the message goes to the
 * dead-letter queue and the rollout shows it.
 */

/** One thing that is wrong with a request: `field` is a path such as `strategy.stages[0].name`, empty for the whole. */
export interface Problem {
  readonly field: string;
  readonly code: string;
  readonly detail: string;
}

/** The caller has to act: becomes a 4xx problem document. `code` is stable, `detail` says what to do. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: string;
  readonly problems: readonly Problem[];

  constructor(status: number, code: string, detail: string, problems: readonly Problem[] = []) {
    super(detail);
    this.status = status;
    this.code = code;
    this.problems = problems;
  }
}

/** A fault that passes by itself: we try again. The outcome of a write that ended so is unknown (law 12). */
export class Transient extends Error {
  override readonly name = 'Transient';
  readonly code: string;
  readonly retryAfterMs: number | undefined;

  constructor(code: string, detail: string, retryAfterMs?: number) {
    super(detail);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}
