import { app as functions } from '@azure/functions';
import { REQUESTS_QUEUE } from '../src/contracts/queues.ts';
import { queue } from '../src/load.ts';

functions.serviceBusQueue('receive-request', {
  connection: 'ServiceBus',
  queueName: REQUESTS_QUEUE,
  autoCompleteMessages: false,
  handler: queue(({ app, receiveRequest, readMetadata }) => (body, context) => {
    const { deps, requests, access } = app();
    return receiveRequest(deps, requests, { body, ...readMetadata(context) }, access.grants);
  }),
});
