/** Copies a value so that nobody can change it any more. */
export type FrozenCopy = <T>(value: T) => T;

/**
 * Makes copies of values of JSON shape that are frozen in depth, so that callers of a store cannot share mutable state: one
 * that changes what it read throws. Parts that are such copies already are taken as they are, which makes storing a state
 * that differs little from the former one cheap. Like JSON, it drops `undefined` fields; what JSON cannot hold throws.
 */
export function createFrozenCopy(): FrozenCopy {
  const copies = new WeakSet();

  function copyAny<T>(value: T): T;
  function copyAny(value: unknown): unknown {
    if (typeof value === 'object' && value !== null) return copyObject(value);
    const storable =
      value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
    if (!storable) throw new Error(`A value of type ${typeof value} cannot be stored: JSON has none like it.`);
    return value;
  }

  function copyObject(value: object): object {
    if (copies.has(value)) return value;
    const copy = Object.freeze(Array.isArray(value) ? value.map((item: unknown) => copyAny(item)) : copyFields(value));
    copies.add(copy);
    return copy;
  }

  function copyFields(value: object): Record<string, unknown> {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) throw new Error('Only plain objects can be stored.');
    const copy: Record<string, unknown> = {};
    for (const [name, field] of Object.entries<unknown>({ ...value })) {
      if (field !== undefined) copy[name] = copyAny(field);
    }
    return copy;
  }

  return copyAny;
}
