import { app as functions } from '@azure/functions';
import { app } from '../src/compose.ts';
import * as policies from '../src/http/policies.ts';
import { route } from '../src/http/route.ts';

functions.get('get-policies', { route: 'policies', authLevel: 'function', handler: route(app, policies.getPolicies) });
functions.get('get-policy', {
  route: 'policies/{name}',
  authLevel: 'function',
  handler: route(app, policies.getPolicy),
});
functions.put('put-policy', {
  route: 'policies/{name}',
  authLevel: 'function',
  handler: route(app, policies.putPolicy),
});
functions.deleteRequest('delete-policy', {
  route: 'policies/{name}',
  authLevel: 'function',
  handler: route(app, policies.deletePolicy),
});
functions.post('resume-policy', {
  route: 'policies/{name}/resume',
  authLevel: 'function',
  handler: route(app, policies.postResume),
});
functions.post('evaluate-policy', {
  route: 'policies/{name}/evaluate',
  authLevel: 'function',
  handler: route(app, policies.postEvaluate),
});
