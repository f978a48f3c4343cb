import { app as functions } from '@azure/functions';
import { dropOldRevisions, wakeDefinitions } from '../src/app/definitions/wake-definitions.ts';
import { app } from '../src/compose.ts';

functions.timer('wake-definitions', { schedule: '20 * * * * *', handler: () => wakeDefinitions(app().deps) });
functions.timer('drop-old-revisions', { schedule: '0 23 * * * *', handler: () => dropOldRevisions(app().deps) });
