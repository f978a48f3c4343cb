import { app as functions } from '@azure/functions';
import { receiveRequest } from '../src/app/receive-request.ts';
import { app } from '../src/compose.ts';
import { REQUESTS_QUEUE } from '../src/contracts/queues.ts';
import { readMetadata } from '../src/http/trigger-metadata.ts';

functions.serviceBusQueue('receive-request', {
  connection: 'ServiceBus',
  queueName: REQUESTS_QUEUE,
  autoCompleteMessages: false,
  handler: (body, context) => {
    const { deps, requests, access } = app();
    return receiveRequest(deps, requests, { body, ...readMetadata(context) }, access.grants);
  },
});
