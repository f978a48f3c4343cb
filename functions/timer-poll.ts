import { app as functions } from '@azure/functions';
import { later } from '../src/load.ts';

functions.timer('poll-definitions', {
  schedule: '20 * * * * *',
  handler: later(({ app, pollDefinitions }) => pollDefinitions(app().deps)),
});
