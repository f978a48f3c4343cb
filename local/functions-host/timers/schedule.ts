import { Cron } from 'croner';
import { HostError } from '../host-error.ts';

const FIELD = String.raw`[\d*,/\-a-zA-Z]+`;
const NCRONTAB = new RegExp(`^${FIELD}( +${FIELD}){4,5}$`);

/** When a timer fires. All times are milliseconds since the Unix epoch; schedules are in UTC, as on Flex Consumption. */
export interface Schedule {
  /** The first occurrence after a moment, or undefined when there is none any more. */
  next(afterMs: number): number | undefined;
}

/**
 * Parses an NCRONTAB expression: `second minute hour day month day-of-week`, or five fields without seconds. As in
 * NCRONTAB, and unlike Unix cron, a day must match both the day and the day of the week.
 */
export function parseSchedule(expression: string, functionName: string): Schedule {
  const text = expression.trim();
  if (!NCRONTAB.test(text)) throw badSchedule(expression, functionName);
  try {
    const cron = new Cron(text, { paused: true, timezone: 'UTC', domAndDow: true, mode: '5-or-6-parts' });
    return { next: (afterMs) => cron.nextRun(new Date(afterMs))?.getTime() };
  } catch (error) {
    throw badSchedule(expression, functionName, error);
  }
}

function badSchedule(expression: string, functionName: string, cause?: unknown): HostError {
  const form = 'six fields: second minute hour day month day-of-week';
  return new HostError(
    'BAD_SCHEDULE',
    `Function "${functionName}": "${expression}" is no NCRONTAB expression (${form}).`,
    cause,
  );
}
