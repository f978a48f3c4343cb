import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv } from 'ajv';

/** The published specifications lie beside the repository; without them there is nothing to compare with. */
const FOLDER = resolve(
  import.meta.dirname,
  '../../../../shared/specs/specification/kubernetesconfiguration/resource-manager/Microsoft.KubernetesConfiguration',
);
export const FLUX = join(FOLDER, 'fluxConfigurations/stable');
export const PREVIEW = join(FOLDER, 'preview');
export const EXTENSIONS = join(FOLDER, 'extensions/stable');

interface Version {
  readonly version: string;
  readonly file: string;
}

/** The specifications of a folder that are there, of those asked for. */
export function versions(folder: string, name: string, asked: readonly string[]): Version[] {
  return asked
    .map((version) => ({ version, file: join(folder, version, name) }))
    .filter(({ file }) => existsSync(file));
}

export function readExample(folder: string, version: string, name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(folder, version, 'examples', name), 'utf8')) as Record<string, unknown>;
}

/**
 * What a definition of a Swagger 2.0 file has to object to in a body that is sent, by a JSON Schema validator. Properties that it
 * does not name are refused, and those that are read-only. `nulls: 'anywhere'` is for merge patches, where null removes a field
 * whatever the definition says.
 */
export function validator(file: string, pointer: string, nulls: 'as told' | 'anywhere'): (body: unknown) => string[] {
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  const document = JSON.parse(readFileSync(file, 'utf8')) as { definitions: Record<string, unknown> };
  ajv.addSchema({ definitions: prepared(document.definitions, nulls) }, 'spec');
  const validate = ajv.compile({ $ref: `spec#/definitions/${pointer}` });
  return (body) => {
    validate(body);
    return (validate.errors ?? []).map(
      ({ instancePath, message = '', params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  };
}

function prepared(schema: unknown, nulls: 'as told' | 'anywhere'): unknown {
  if (Array.isArray(schema)) return schema.map((each: unknown) => prepared(each, nulls));
  if (typeof schema !== 'object' || schema === null) return schema;
  const { readOnly, discriminator: _, ...rest } = schema as Record<string, unknown>;
  if (readOnly === true) return false;
  const entries = Object.entries(rest).map(([key, value]) => [key, prepared(value, nulls)] as const);
  const copy: Record<string, unknown> = Object.fromEntries(entries);
  if (typeof copy.properties === 'object' && copy.allOf === undefined) copy.additionalProperties = false;
  const mayBeNull = copy['x-nullable'] === true || nulls === 'anywhere';
  if (!mayBeNull) return copy;
  if (typeof copy.$ref === 'string') return { anyOf: [{ type: 'null' }, { $ref: copy.$ref }] };
  if (typeof copy.type === 'string') copy.type = [copy.type, 'null'];
  if (Array.isArray(copy.enum)) copy.enum = [...(copy.enum as unknown[]), null];
  return copy;
}
