import { z } from 'zod';

/** Something that fields have to agree on and do not. */
export interface FieldProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Rules between fields run even where single fields are wrong, so that a request is told all its problems at once. */
export const EVEN_WITH_WRONG_FIELDS = {
  when: ({ value }: z.core.ParsePayload) => typeof value === 'object' && value !== null,
};

/** `params` of an issue that is about a literal secret; problem documents show it as their code (law 9). */
export const LITERAL_SECRET = { code: 'LiteralSecret' };

/** Hands problems to zod. */
export function report(ctx: z.core.$RefinementCtx, problems: readonly FieldProblem[]): void {
  for (const { path, message } of problems) ctx.addIssue({ code: 'custom', path: [...path], message });
}

/** Fills in the `action` of an object that names none. */
export function withDefaultAction<T extends z.ZodType>(action: string, schema: T) {
  return z.preprocess(
    (input) => (typeof input === 'object' && input !== null && !('action' in input) ? { action, ...input } : input),
    schema,
  );
}
