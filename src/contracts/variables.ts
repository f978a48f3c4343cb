import { z } from 'zod';
import { SELECTOR_ENTRIES_MAX, VARIABLES_MAX } from './limits.ts';
import { Selector } from './selector.ts';

/** Text only: numbers and booleans become the text that JSON has for them, so that `1.10` needs quotes to stay `1.10`. */
const Value = z
  .union(
    [z.string().max(1024), z.number(), z.boolean()],
    'must be text of at most 1024 characters, a number or a boolean',
  )
  .transform(String);

/** A value of the plan that may differ from cluster to cluster: the first override that selects a cluster wins. */
export const Variable = z.union(
  [
    Value.transform((value) => ({ value, overrides: [] })),
    z
      .strictObject({
        /** Absent: only clusters that an override selects have a value. */
        value: Value.optional(),
        overrides: z
          .array(z.strictObject({ selector: Selector, value: Value }))
          .max(SELECTOR_ENTRIES_MAX)
          .default([]),
      })
      .refine(({ value, overrides }) => value !== undefined || overrides.length > 0, {
        message: 'needs a value, or an override that gives some clusters one',
      }),
  ],
  'must be a value (text of at most 1024 characters, a number or a boolean), or {value, overrides: [{selector, value}]}',
);
export type Variable = z.infer<typeof Variable>;

/** Variables by name; `${variables.NAME}` stands for one wherever `${cluster.…}` may stand. */
export const Variables = z
  .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]{0,62}$/, 'must be letters, digits, _ and -'), Variable)
  .refine((all) => Object.keys(all).length <= VARIABLES_MAX, { message: `holds more than ${VARIABLES_MAX} variables` });
export type Variables = z.infer<typeof Variables>;
