import { app as functions } from '@azure/functions';
import { http } from '../src/load.ts';

const SWEEPS = 'compliance/sweeps';
const HISTORY = 'clusters/{subscriptionId}/{resourceGroup}/{type}/{name}/history';

functions.post('post-sweep', {
  route: SWEEPS,
  handler: http(({ app, route, compliance }) => route(app, 'Operator', compliance.postSweep)),
});
functions.get('get-sweep', {
  route: `${SWEEPS}/{id}`,
  handler: http(({ app, route, compliance }) => route(app, 'Reader', compliance.getSweep)),
});
functions.get('get-compliance', {
  route: 'compliance',
  handler: http(({ app, route, compliance }) => route(app, 'Reader', compliance.getCompliance)),
});
functions.get('get-compliance-clusters', {
  route: 'compliance/clusters',
  handler: http(({ app, route, compliance }) => route(app, 'Reader', compliance.getComplianceClusters)),
});
functions.get('get-drift', {
  route: 'drift',
  handler: http(({ app, route, compliance }) => route(app, 'Reader', compliance.getDrift)),
});
functions.get('get-cluster-history', {
  route: HISTORY,
  handler: http(({ app, route, compliance }) => route(app, 'Reader', compliance.getClusterHistory)),
});
