import { app as functions } from '@azure/functions';
import { pollDefinitions } from '../src/app/definitions/poll-definitions.ts';
import { app } from '../src/compose.ts';

functions.timer('poll-definitions', { schedule: '20 * * * * *', handler: () => pollDefinitions(app().deps) });
