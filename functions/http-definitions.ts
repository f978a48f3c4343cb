import { app as functions } from '@azure/functions';
import { app } from '../src/compose.ts';
import * as definitions from '../src/http/definitions.ts';
import { route } from '../src/http/route.ts';

const ONE = 'definitions/{name}';
const HOLD = `${ONE}/holds/{revision}`;

functions.get('get-definitions', { route: 'definitions', handler: route(app, 'Reader', definitions.getDefinitions) });
functions.put('put-definition', { route: ONE, handler: route(app, 'Admin', definitions.putOneDefinition) });
functions.get('get-definition', { route: ONE, handler: route(app, 'Reader', definitions.getOneDefinition) });
functions.deleteRequest('delete-definition', {
  route: ONE,
  handler: route(app, 'Admin', definitions.deleteOneDefinition),
});
functions.get('get-definition-versions', {
  route: `${ONE}/versions`,
  handler: route(app, 'Reader', definitions.getVersions),
});
functions.get('get-definition-version', {
  route: `${ONE}/versions/{version}`,
  handler: route(app, 'Reader', definitions.getOneVersion),
});
functions.get('get-decisions', { route: `${ONE}/decisions`, handler: route(app, 'Reader', definitions.getDecisions) });
functions.put('put-hold', { route: HOLD, handler: route(app, 'Operator', definitions.putHold) });
functions.deleteRequest('delete-hold', { route: HOLD, handler: route(app, 'Operator', definitions.deleteHold) });
functions.post('post-start', { route: `${ONE}/start`, handler: route(app, 'Operator', definitions.postStart) });
