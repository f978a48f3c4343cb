import { parse, toSeconds } from 'iso8601-duration';

/** Seconds of an ISO 8601 duration (`PT30M`, `P1D`); undefined when the text is none or is not longer than nothing. */
export function waitSeconds(text: string): number | undefined {
  try {
    const seconds = toSeconds(parse(text));
    return seconds > 0 ? seconds : undefined;
  } catch {
    return undefined;
  }
}
