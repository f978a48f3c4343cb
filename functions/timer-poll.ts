import { app as functions } from '@azure/functions';
import { timer } from '../src/load.ts';

functions.timer('poll-definitions', {
  schedule: '20 * * * * *',
  handler: timer(({ app, pollDefinitions }) => pollDefinitions(app().deps)),
});
