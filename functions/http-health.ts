import { app as functions } from '@azure/functions';
import { app } from '../src/compose.ts';
import { getHealth } from '../src/http/health.ts';
import { route } from '../src/http/route.ts';

functions.get('get-health', { route: 'health', authLevel: 'anonymous', handler: route(app, getHealth) });
