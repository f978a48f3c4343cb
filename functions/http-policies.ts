import { app as functions } from '@azure/functions';
import { app } from '../src/compose.ts';
import * as policies from '../src/http/policies.ts';
import { route } from '../src/http/route.ts';

functions.get('get-policies', { route: 'policies', handler: route(app, 'Reader', policies.getPolicies) });
functions.get('get-policy', { route: 'policies/{name}', handler: route(app, 'Reader', policies.getPolicy) });
functions.put('put-policy', { route: 'policies/{name}', handler: route(app, 'Admin', policies.putPolicy) });
functions.deleteRequest('delete-policy', {
  route: 'policies/{name}',
  handler: route(app, 'Admin', policies.deletePolicy),
});
functions.post('resume-policy', {
  route: 'policies/{name}/resume',
  handler: route(app, 'Operator', policies.postResume),
});
functions.post('evaluate-policy', {
  route: 'policies/{name}/evaluate',
  handler: route(app, 'Operator', policies.postEvaluate),
});
