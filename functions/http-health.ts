import { app as functions } from '@azure/functions';
import { app } from '../src/compose.ts';
import { getHealth } from '../src/http/health.ts';
import { openRoute } from '../src/http/route.ts';

functions.get('get-health', { route: 'health', handler: openRoute(app, getHealth) });
