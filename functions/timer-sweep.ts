import { app as functions } from '@azure/functions';
import { timer } from '../src/load.ts';

functions.timer('start-sweep', {
  schedule: '0 7 * * * *',
  handler: timer(async ({ app, startSweep, SYSTEM }) => {
    await startSweep(app().deps, SYSTEM);
  }),
});
functions.timer('resume-sweeps', {
  schedule: '45 */5 * * * *',
  handler: timer(({ app, resumeSweeps }) => resumeSweeps(app().deps)),
});
