import { LineCounter, parseAllDocuments, type YAMLError } from 'yaml';

/** What Go's YAML library says where ours has another text for the same mistake. */
const GO_TEXTS: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  BLOCK_AS_IMPLICIT_KEY: 'mapping values are not allowed in this context',
  MISSING_CHAR: "could not find expected ':'",
  BAD_INDENT: 'did not find expected key',
  TAB_AS_INDENT: 'found character that cannot start any token',
};

/** Text that is no YAML; the message is as Flux words it: `yaml: line 3: …`. */
export class YamlTextError extends Error {}

/** The documents of a file as plain values; empty ones are left out. @throws YamlTextError */
export function readYaml(text: string): unknown[] {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter, prettyErrors: false, logLevel: 'error' });
  // Without any document the parser answers with the errors themselves.
  if ('empty' in documents) return [];
  return documents.flatMap((document): unknown[] => {
    const [error] = document.errors;
    if (error !== undefined) {
      const { line } = lineCounter.linePos(error.pos[0]);
      throw new YamlTextError(`yaml: line ${line}: ${GO_TEXTS[error.code] ?? error.message}`);
    }
    const value: unknown = plainValue(() => document.toJS({ maxAliasCount: 100 }));
    return value === null || value === undefined ? [] : [value];
  });
}

/** Aliases that name nothing, or blow up, are found only here. */
function plainValue(convert: () => unknown): unknown {
  try {
    return convert();
  } catch (error) {
    throw new YamlTextError(`yaml: ${error instanceof Error ? error.message : String(error)}`);
  }
}
