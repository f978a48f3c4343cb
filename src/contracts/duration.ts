import { z } from 'zod';
import { DURATION_SECONDS_MAX } from './limits.ts';

const GO = /^(?:(?<h>\d+(?:\.\d+)?)h)?(?:(?<m>\d+(?:\.\d+)?)m)?(?:(?<s>\d+(?:\.\d+)?)s)?$/;
const ISO = /^P(?:(?<d>\d+)D)?(?:T(?:(?<h>\d+(?:\.\d+)?)H)?(?:(?<m>\d+(?:\.\d+)?)M)?(?:(?<s>\d+(?:\.\d+)?)S)?)?$/;
const DIGITS = /^\d+$/;

/**
 * Reads a duration as `az` and Kubernetes users write it: Go (`1h30m`), ISO 8601 (`PT1H30M`, `P1D`) or whole seconds.
 * The whole text must match: the CLI's own parser reads `500ms` as 500 minutes and `10mfoo` as ten, which we refuse.
 *
 * @returns seconds, or undefined when the text is no duration or not a whole number of seconds.
 */
export function parseDurationSeconds(input: string | number): number | undefined {
  const text = String(input);
  if (DIGITS.test(text)) return Number(text);
  const groups = (GO.exec(text) ?? ISO.exec(text))?.groups;
  if (groups === undefined || Object.values(groups).every((part) => part === undefined)) return undefined;
  const part = (key: string): number => Number(groups[key] ?? 0);
  const seconds = part('d') * 86_400 + part('h') * 3600 + part('m') * 60 + part('s');
  return Number.isInteger(seconds) ? seconds : undefined;
}

/** Shows seconds as a Go duration: 5400 → `1h30m`, 0 → `0s`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [
    { value: Math.floor(whole / 3600), unit: 'h' },
    { value: Math.floor((whole % 3600) / 60), unit: 'm' },
    { value: whole % 60, unit: 's' },
  ];
  return (
    parts
      .filter(({ value }) => value > 0)
      .map(({ value, unit }) => `${value}${unit}`)
      .join('') || '0s'
  );
}

/** Writes seconds as an ISO 8601 duration, as `reconciliationWaitDuration` takes it: 5400 → `PT1H30M`. */
export function isoDuration(seconds: number): string {
  return `PT${formatDuration(seconds).toUpperCase()}`;
}

function durationSchema(secondsMin: number, secondsMax: number) {
  return z
    .union([z.string().max(40), z.number()])
    .transform((input, ctx) => {
      const seconds = parseDurationSeconds(input);
      if (seconds !== undefined && seconds >= secondsMin && seconds <= secondsMax) return seconds;
      ctx.addIssue({
        code: 'custom',
        message: `is not a duration between ${secondsMin} and ${secondsMax} seconds; write 10m, PT10M or 600 (no fractions of a second)`,
      });
      return z.NEVER;
    })
    .describe('Go duration (10m), ISO 8601 duration (PT10M) or seconds');
}

/** A duration of at least one second; the value is in seconds. */
export const Duration = durationSchema(1, DURATION_SECONDS_MAX);
/** A duration that may be zero; the value is in seconds. */
export const DurationOrZero = durationSchema(0, DURATION_SECONDS_MAX);
/** A duration that a Flux resource takes as `…InSeconds`. */
export const FluxDuration = durationSchema(1, 35_791_394);
