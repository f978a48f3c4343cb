import { app as functions } from '@azure/functions';
import { resumeSweeps } from '../src/app/compliance/resume-sweeps.ts';
import { startSweep } from '../src/app/compliance/start-sweep.ts';
import { app } from '../src/compose.ts';
import { SYSTEM } from '../src/contracts/actor.ts';

functions.timer('start-sweep', {
  schedule: '0 7 * * * *',
  handler: async () => {
    await startSweep(app().deps, SYSTEM);
  },
});
functions.timer('resume-sweeps', { schedule: '45 */5 * * * *', handler: () => resumeSweeps(app().deps) });
