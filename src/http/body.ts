import type { HttpRequest } from '@azure/functions';
import { parseDocument } from 'yaml';
import { Refusal } from '../contracts/errors.ts';
import { REQUEST_BODY_BYTES_MAX, YAML_ALIASES_MAX } from '../contracts/limits.ts';

const JSON_TYPES = ['application/json'];
const YAML_TYPES = ['application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml'];

/**
 * Reads a request body up to the cap and parses it by its content type. Throws `Refusal` 413 (too large), 415 (other
 * content type) or 400 (does not parse).
 */
export async function readBody(request: HttpRequest): Promise<unknown> {
  const text = await readText(request);
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (JSON_TYPES.includes(type)) return parseJson(text);
  if (YAML_TYPES.includes(type)) return parseYaml(text);
  const detail = `Content-Type is ${type === '' ? 'missing' : `'${type}'`}; send ${[...JSON_TYPES, ...YAML_TYPES].join(', ')}.`;
  throw new Refusal(415, 'UnsupportedContentType', detail);
}

/** Like `readBody`, but no body at all stands for an empty object. */
export async function readOptionalBody(request: HttpRequest): Promise<unknown> {
  const hasBody = request.body !== null && request.headers.get('content-length') !== '0';
  return hasBody && request.headers.has('content-type') ? readBody(request) : {};
}

async function readText(request: HttpRequest): Promise<string> {
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > REQUEST_BODY_BYTES_MAX) throw tooLarge();
  const bytes = await request.arrayBuffer();
  if (bytes.byteLength > REQUEST_BODY_BYTES_MAX) throw tooLarge();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Refusal(400, 'InvalidEncoding', 'The body is not valid UTF-8.');
  }
}

function tooLarge(): Refusal {
  return new Refusal(413, 'BodyTooLarge', `The body is larger than ${REQUEST_BODY_BYTES_MAX} bytes.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refusal(
      400,
      'InvalidJson',
      `The body is not JSON: ${error instanceof Error ? error.message : 'it does not parse'}.`,
    );
  }
}

/** YAML 1.2 core: one document, no custom tags, no merge keys, unique keys, few aliases. */
function parseYaml(text: string): unknown {
  try {
    const document = parseDocument(text, { uniqueKeys: true, merge: false, version: '1.2' });
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) throw problem;
    return document.toJS({ maxAliasCount: YAML_ALIASES_MAX });
  } catch (error) {
    throw new Refusal(
      400,
      'InvalidYaml',
      `The body is not YAML: ${error instanceof Error ? error.message : 'it does not parse'}`,
    );
  }
}
