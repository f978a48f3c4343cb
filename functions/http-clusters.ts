import { app as functions } from '@azure/functions';
import { app } from '../src/compose.ts';
import { getClusterConfiguration, getClusterConfigurations, getClusters } from '../src/http/clusters.ts';
import { route } from '../src/http/route.ts';

const CONFIGURATIONS = 'clusters/{subscriptionId}/{resourceGroup}/{type}/{name}/configurations';

functions.get('get-clusters', { route: 'clusters', handler: route(app, 'Reader', getClusters) });
functions.get('get-cluster-configurations', {
  route: CONFIGURATIONS,
  handler: route(app, 'Reader', getClusterConfigurations),
});
functions.get('get-cluster-configuration', {
  route: `${CONFIGURATIONS}/{configuration}`,
  handler: route(app, 'Reader', getClusterConfiguration),
});
