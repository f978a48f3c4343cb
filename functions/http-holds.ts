import { app as functions } from '@azure/functions';
import { http } from '../src/load.ts';

const HOLD = 'definitions/{name}/holds/{revision}';

functions.put('put-hold', {
  route: HOLD,
  handler: http(({ app, route, definitions }) => route(app, 'Operator', definitions.putHold)),
});
functions.deleteRequest('delete-hold', {
  route: HOLD,
  handler: http(({ app, route, definitions }) => route(app, 'Operator', definitions.deleteHold)),
});
