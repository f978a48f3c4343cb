/** Whether a text may stand between two slashes of a URL: parsers resolve dot segments, escaped or not. */
export function isSegment(value: string): boolean {
  return !/^(?:\.|%2e){1,2}$/i.test(value) && value !== '';
}

/**
 * A name as a segment of a URL.
 *
 * @throws Error for one that would lead elsewhere.
 */
export function segment(name: string): string {
  if (!isSegment(name)) throw new Error(`'${name}' cannot be the name of a resource.`);
  return encodeURIComponent(name);
}
