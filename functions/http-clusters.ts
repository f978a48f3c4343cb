import { app as functions } from '@azure/functions';
import { app } from '../src/compose.ts';
import { getClusterConfiguration, getClusterConfigurations, getClusters } from '../src/http/clusters.ts';
import { route } from '../src/http/route.ts';

const CONFIGURATIONS = 'clusters/{subscriptionId}/{resourceGroup}/{type}/{name}/configurations';

functions.get('get-clusters', { route: 'clusters', authLevel: 'function', handler: route(app, getClusters) });
functions.get('get-cluster-configurations', {
  route: CONFIGURATIONS,
  authLevel: 'function',
  handler: route(app, getClusterConfigurations),
});
functions.get('get-cluster-configuration', {
  route: `${CONFIGURATIONS}/{configuration}`,
  authLevel: 'function',
  handler: route(app, getClusterConfiguration),
});
