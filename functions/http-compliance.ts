import { app as functions } from '@azure/functions';
import { app } from '../src/compose.ts';
import * as compliance from '../src/http/compliance.ts';
import { route } from '../src/http/route.ts';

const SWEEPS = 'compliance/sweeps';
const HISTORY = 'clusters/{subscriptionId}/{resourceGroup}/{type}/{name}/history';

functions.post('post-sweep', { route: SWEEPS, handler: route(app, 'Operator', compliance.postSweep) });
functions.get('get-sweep', { route: `${SWEEPS}/{id}`, handler: route(app, 'Reader', compliance.getSweep) });
functions.get('get-compliance', { route: 'compliance', handler: route(app, 'Reader', compliance.getCompliance) });
functions.get('get-compliance-clusters', {
  route: 'compliance/clusters',
  handler: route(app, 'Reader', compliance.getComplianceClusters),
});
functions.get('get-drift', { route: 'drift', handler: route(app, 'Reader', compliance.getDrift) });
functions.get('get-cluster-history', { route: HISTORY, handler: route(app, 'Reader', compliance.getClusterHistory) });
