import { app as functions } from '@azure/functions';
import { timer } from '../src/load.ts';

functions.timer('see-to-definitions', {
  schedule: '20 * * * * *',
  handler: timer(({ app, seeToDefinitions }) => seeToDefinitions(app().deps)),
});
functions.timer('drop-old-revisions', {
  schedule: '0 23 * * * *',
  handler: timer(({ app, dropOldRevisions }) => dropOldRevisions(app().deps)),
});
