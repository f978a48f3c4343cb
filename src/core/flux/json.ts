/** Raw JSON of ARM. */
export type Json = Readonly<Record<string, unknown>>;

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The same object without its undefined fields. */
export function defined(json: Json): Json {
  return Object.fromEntries(Object.entries(json).filter(([, value]) => value !== undefined));
}

/** The `properties` of a raw resource; empty when there are none. */
export function propertiesOf({ properties }: Json): Json {
  return isJson(properties) ? properties : {};
}
