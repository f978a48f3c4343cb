import { app as functions } from '@azure/functions';
import { app } from '../src/compose.ts';
import * as compliance from '../src/http/compliance.ts';
import { route } from '../src/http/route.ts';

const SWEEPS = 'compliance/sweeps';
const HISTORY = 'clusters/{subscriptionId}/{resourceGroup}/{type}/{name}/history';
const authLevel = 'function';

functions.post('post-sweep', { route: SWEEPS, authLevel, handler: route(app, compliance.postSweep) });
functions.get('get-sweep', { route: `${SWEEPS}/{id}`, authLevel, handler: route(app, compliance.getSweep) });
functions.get('get-compliance', { route: 'compliance', authLevel, handler: route(app, compliance.getCompliance) });
functions.get('get-compliance-clusters', {
  route: 'compliance/clusters',
  authLevel,
  handler: route(app, compliance.getComplianceClusters),
});
functions.get('get-drift', { route: 'drift', authLevel, handler: route(app, compliance.getDrift) });
functions.get('get-cluster-history', {
  route: HISTORY,
  authLevel,
  handler: route(app, compliance.getClusterHistory),
});
