import { app as functions } from '@azure/functions';
import { later } from '../src/load.ts';

functions.timer('wake-overdue', {
  schedule: '0 * * * * *',
  handler: later(({ app, wakeOverdue }) => wakeOverdue(app().deps)),
});
