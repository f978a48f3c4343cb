import { app as functions } from '@azure/functions';
import { timer } from '../src/load.ts';

functions.timer('wake-overdue', {
  schedule: '0 * * * * *',
  handler: timer(({ app, wakeOverdue }) => wakeOverdue(app().deps)),
});
