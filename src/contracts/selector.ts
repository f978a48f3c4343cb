import { z } from 'zod';
import { CLUSTER_TYPES, ClusterId } from './cluster-id.ts';
import { SELECTOR_ENTRIES_MAX } from './limits.ts';

const oneOrMany = z.union([z.string().max(256), z.array(z.string().max(256)).min(1).max(SELECTOR_ENTRIES_MAX)]);

/** What one tag must be: equal to a value, one of several, present or absent, or anything but. Keys and values as in Azure: keys without case, values with. */
export const TagCondition = z.union([
  oneOrMany,
  z.strictObject({ exists: z.boolean() }),
  z.strictObject({ not: oneOrMany }),
]);
export type TagCondition = z.infer<typeof TagCondition>;

const list = <T extends z.ZodType>(item: T) => z.array(item).min(1).max(SELECTOR_ENTRIES_MAX);

/** A name or a glob over names (`*`, `?`, `[a-c]`, `{a,b}`). */
const NameGlob = z.string().min(1).max(128);

/**
 * Which clusters are meant. Fields are joined by "and", entries of one field by "or"; an absent field does not restrict.
 * Everything but tag values is compared without case, as ARM does.
 */
export const Selector = z.strictObject({
  ids: list(ClusterId).optional(),
  subscriptions: list(z.guid()).optional(),
  resourceGroups: list(z.string().min(1).max(90)).optional(),
  types: list(z.enum(CLUSTER_TYPES)).optional(),
  locations: list(z.string().min(1).max(64)).optional(),
  names: list(NameGlob).optional(),
  tags: z.record(z.string().min(1).max(512), TagCondition).optional(),
});
export type Selector = z.infer<typeof Selector>;
