import type { z } from 'zod';

/** Something that fields have to agree on and do not. */
export interface Finding {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** A secret stands where it must not: the message never repeats it. */
  readonly literalSecret?: boolean;
}

/** Rules between fields run even where single fields are wrong, so that a request is told all its problems at once. */
export const EVEN_WITH_WRONG_FIELDS = {
  when: ({ value }: z.core.ParsePayload) => typeof value === 'object' && value !== null,
};

/** `params` of an issue that is about a literal secret; problem documents show it as their code (law 9). */
export const LITERAL_SECRET = { code: 'LiteralSecret' };

/** Hands findings to zod. */
export function report(ctx: z.core.$RefinementCtx, findings: readonly Finding[]): void {
  for (const { path, message, literalSecret } of findings) {
    ctx.addIssue({ code: 'custom', path: [...path], message, ...(literalSecret && { params: LITERAL_SECRET }) });
  }
}
