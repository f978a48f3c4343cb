import { app as functions } from '@azure/functions';
import { later } from '../src/load.ts';

functions.timer('wake-definitions', {
  schedule: '20 * * * * *',
  handler: later(({ app, wakeDefinitions }) => wakeDefinitions(app().deps)),
});
functions.timer('drop-old-revisions', {
  schedule: '0 23 * * * *',
  handler: later(({ app, dropOldRevisions }) => dropOldRevisions(app().deps)),
});
