import { app as functions } from '@azure/functions';
import { wakeOverdue } from '../src/app/wake-overdue.ts';
import { app } from '../src/compose.ts';

functions.timer('wake-overdue', { schedule: '0 * * * * *', handler: () => wakeOverdue(app().deps) });
