import { app as functions } from '@azure/functions';
import { app } from '../src/compose.ts';
import { getClusters } from '../src/http/clusters.ts';
import { route } from '../src/http/route.ts';

functions.get('get-clusters', { route: 'clusters', authLevel: 'function', handler: route(app, getClusters) });
