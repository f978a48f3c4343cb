import { app as functions } from '@azure/functions';
import { http } from '../src/load.ts';

const ONE = 'definitions/{name}';

functions.get('get-definitions', {
  route: 'definitions',
  handler: http(({ app, route, definitions }) => route(app, 'Reader', definitions.getDefinitions)),
});
functions.put('put-definition', {
  route: ONE,
  handler: http(({ app, route, definitions }) => route(app, 'Admin', definitions.putOneDefinition)),
});
functions.get('get-definition', {
  route: ONE,
  handler: http(({ app, route, definitions }) => route(app, 'Reader', definitions.getOneDefinition)),
});
functions.deleteRequest('delete-definition', {
  route: ONE,
  handler: http(({ app, route, definitions }) => route(app, 'Admin', definitions.deleteOneDefinition)),
});
functions.get('get-definition-versions', {
  route: `${ONE}/versions`,
  handler: http(({ app, route, definitions }) => route(app, 'Reader', definitions.getVersions)),
});
functions.get('get-definition-version', {
  route: `${ONE}/versions/{version}`,
  handler: http(({ app, route, definitions }) => route(app, 'Reader', definitions.getOneVersion)),
});
functions.get('get-decisions', {
  route: `${ONE}/decisions`,
  handler: http(({ app, route, definitions }) => route(app, 'Reader', definitions.getDecisions)),
});
functions.post('post-start', {
  route: `${ONE}/start`,
  handler: http(({ app, route, definitions }) => route(app, 'Operator', definitions.postStart)),
});
