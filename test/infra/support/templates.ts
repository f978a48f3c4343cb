import { readdirSync, readFileSync } from 'node:fs';
import { readTemplate, type Resource, type Template, type Value } from './bicep.ts';

export const INFRA = new URL('../../../infra/', import.meta.url);

/** Every template below `infra/`. */
export const TEMPLATES: readonly Template[] = readdirSync(INFRA, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.bicep'))
  .map((file) => file.replaceAll('\\', '/'))
  .sort()
  .map((file) => readTemplate(INFRA, file));

export const MAIN = template('main.bicep');

export function template(file: string): Template {
  const found = TEMPLATES.find((one) => one.file === file);
  if (found === undefined) throw new Error(`There is no template ${file}.`);
  return found;
}

/** Every resource of a type that is created, with its template. */
export function resourcesOf(type: string): { readonly template: Template; readonly resource: Resource }[] {
  return TEMPLATES.flatMap((one) =>
    one.resources
      .filter((resource) => resource.type === type && !resource.isExisting)
      .map((resource) => ({ template: one, resource })),
  );
}

/** The value at a path of keys, such as `at(resource.body, 'properties', 'sku')`. */
export function at(value: Value | undefined, ...path: (string | number)[]): Value | undefined {
  return path.reduce<Value | undefined>((inner, key) => (inner as Record<string | number, Value>)?.[key], value);
}

/** A JSON file below `infra/`. */
export function json<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(file, INFRA), 'utf8')) as T;
}

/** The text of a file of the repository. */
export function source(file: string): string {
  return readFileSync(new URL(`../${file}`, INFRA), 'utf8');
}
