import { app as functions } from '@azure/functions';
import { http } from '../src/load.ts';

const CONFIGURATIONS = 'clusters/{subscriptionId}/{resourceGroup}/{type}/{name}/configurations';

functions.get('get-clusters', {
  route: 'clusters',
  handler: http(({ app, route, clusters }) => route(app, 'Reader', clusters.getClusters)),
});
functions.get('get-cluster-configurations', {
  route: CONFIGURATIONS,
  handler: http(({ app, route, clusters }) => route(app, 'Reader', clusters.getClusterConfigurations)),
});
functions.get('get-cluster-configuration', {
  route: `${CONFIGURATIONS}/{configuration}`,
  handler: http(({ app, route, clusters }) => route(app, 'Reader', clusters.getClusterConfiguration)),
});
