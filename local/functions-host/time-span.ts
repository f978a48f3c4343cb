const TIME_SPAN = /^(?:(\d+)\.)?(\d{1,2}):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,7}))?)?$/;

/** Milliseconds of a .NET time span (`[d.]hh:mm[:ss[.fffffff]]`), the form of durations in host.json. */
export function parseTimeSpan(text: string): number | undefined {
  const match = TIME_SPAN.exec(text);
  if (match === null) return undefined;
  const [days, hours, minutes, seconds] = match.slice(1, 5).map((part) => Number(part ?? 0));
  const fractionMs = Number(`0.${match[5] ?? 0}`) * 1000;
  return ((((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1000 + fractionMs;
}
