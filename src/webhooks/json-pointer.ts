/** What a JSON pointer (RFC 6901) points to in a parsed body; undefined when nothing is there. Inherited properties are not there. */
export function valueAt(body: unknown, pointer: string): unknown {
  const steps = pointer.split('/').slice(1).map(unescapeStep);
  return steps.reduce<unknown>(step, body);
}

function step(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || (Array.isArray(value) && name === 'length')) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}

function unescapeStep(text: string): string {
  return text.replaceAll('~1', '/').replaceAll('~0', '~');
}
