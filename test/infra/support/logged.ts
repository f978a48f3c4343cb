import { readdirSync, readFileSync } from 'node:fs';

const SRC = new URL('../../../src/', import.meta.url);

/** What the application can log: the text of every call by its message. */
export const LOGGED: ReadonlyMap<string, string> = new Map(
  readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const text = readFileSync(new URL(file, SRC), 'utf8');
      const calls = text.matchAll(/\blog\.(?:info|warn|error)\(\s*'([^']+)'[^;]*;/g);
      return [...calls].map(([call, message = '']) => [message, call] as const);
    }),
);

/** The messages that a query looks for. */
export function messagesIn(query: string): string[] {
  const comparisons = query.matchAll(/\b(?:said|Message\)) (?:in \(([^)]*)\)|== ('[^']*'))/g);
  return [...comparisons].flatMap(([, list, one]) =>
    [...(list ?? one ?? '').matchAll(/'([^']*)'/g)].map(([, message = '']) => message),
  );
}

/** The facts that a query reads. */
export function factsIn(query: string): string[] {
  const read = query.matchAll(/\bfacts(?:\.(\w+)|\['(\w+)'\])/g);
  return [...new Set([...read].map(([, plain, quoted]) => plain ?? quoted ?? ''))];
}
