import { app as functions } from '@azure/functions';
import { app } from '../src/compose.ts';
import * as definitions from '../src/http/definitions.ts';
import { route } from '../src/http/route.ts';

const ONE = 'definitions/{name}';
const HOLD = `${ONE}/holds/{revision}`;
const authLevel = 'function';

functions.get('get-definitions', { route: 'definitions', authLevel, handler: route(app, definitions.getDefinitions) });
functions.put('put-definition', { route: ONE, authLevel, handler: route(app, definitions.putOneDefinition) });
functions.get('get-definition', { route: ONE, authLevel, handler: route(app, definitions.getOneDefinition) });
functions.deleteRequest('delete-definition', {
  route: ONE,
  authLevel,
  handler: route(app, definitions.deleteOneDefinition),
});
functions.get('get-definition-versions', {
  route: `${ONE}/versions`,
  authLevel,
  handler: route(app, definitions.getVersions),
});
functions.get('get-definition-version', {
  route: `${ONE}/versions/{version}`,
  authLevel,
  handler: route(app, definitions.getOneVersion),
});
functions.get('get-decisions', {
  route: `${ONE}/decisions`,
  authLevel,
  handler: route(app, definitions.getDecisions),
});
functions.put('put-hold', { route: HOLD, authLevel, handler: route(app, definitions.putHold) });
functions.deleteRequest('delete-hold', { route: HOLD, authLevel, handler: route(app, definitions.deleteHold) });
functions.post('post-start', { route: `${ONE}/start`, authLevel, handler: route(app, definitions.postStart) });
