import { app as functions } from '@azure/functions';
import { timer } from '../src/load.ts';

functions.timer('measure-fleet', {
  schedule: '40 * * * * *',
  handler: timer(({ app, publishFigures }) => publishFigures(app().deps, app().figures)),
});
