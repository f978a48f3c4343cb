import { app as functions } from '@azure/functions';
import { http } from '../src/load.ts';

functions.get('get-policies', {
  route: 'policies',
  handler: http(({ app, route, policies }) => route(app, 'Reader', policies.getPolicies)),
});
functions.get('get-policy', {
  route: 'policies/{name}',
  handler: http(({ app, route, policies }) => route(app, 'Reader', policies.getPolicy)),
});
functions.put('put-policy', {
  route: 'policies/{name}',
  handler: http(({ app, route, policies }) => route(app, 'Admin', policies.putPolicy)),
});
functions.deleteRequest('delete-policy', {
  route: 'policies/{name}',
  handler: http(({ app, route, policies }) => route(app, 'Admin', policies.deletePolicy)),
});
functions.post('resume-policy', {
  route: 'policies/{name}/resume',
  handler: http(({ app, route, policies }) => route(app, 'Operator', policies.postResume)),
});
functions.post('evaluate-policy', {
  route: 'policies/{name}/evaluate',
  handler: http(({ app, route, policies }) => route(app, 'Operator', policies.postEvaluate)),
});
