import rhea from 'rhea';
import { expect, test } from 'vitest';
import { message, openSender, request, send, useRawClient } from './raw-client-fixture.ts';

const WHOLE_PEEK = { 'from-sequence-number': rhea.types.wrap_long(1), 'message-count': rhea.types.wrap_int(10) };

test('an operation that the broker does not have is refused by name', async () => {
  const { connection } = await useRawClient();
  const answer = await request(connection, 'plain/$management', 'com.microsoft:add-rule', {});
  expect(answer['application_properties']).toMatchObject({ statusCode: 501, errorCondition: 'amqp:not-implemented' });
});

test('a malformed request is refused and says which field is wrong', async () => {
  const { connection } = await useRawClient();
  const answer = await request(connection, 'plain/$management', 'com.microsoft:peek-message', {
    'message-count': 'many',
  });
  expect(answer['application_properties']).toMatchObject({
    statusCode: 400,
    errorCondition: 'com.microsoft:argument-error',
  });
  expect(JSON.stringify(answer)).toContain('message-count');
});

test('peek can leave the bodies out', async () => {
  const { connection } = await useRawClient();
  await send(await openSender(connection, 'plain'), message({ message_id: 'm', application_properties: { p: 1 } }));
  const answer = await request(connection, 'plain/$management', 'com.microsoft:peek-message', {
    ...WHOLE_PEEK,
    'omit-message-body': true,
  });
  const { messages } = answer['body'] as { messages: { message: Buffer }[] };
  const peeked = rhea.message.decode(messages[0]!.message);
  expect(peeked).toMatchObject({ message_id: 'm', application_properties: { p: 1 } });
  expect(peeked['body']).toBeUndefined();
});

test('peek of an empty queue is an answer without content', async () => {
  const { connection } = await useRawClient();
  const answer = await request(connection, 'plain/$management', 'com.microsoft:peek-message', WHOLE_PEEK);
  expect(answer['application_properties']).toMatchObject({ statusCode: 204 });
});

test('sessions with messages can be listed', async () => {
  const { connection } = await useRawClient();
  const sender = await openSender(connection, 'sessions');
  for (const sessionId of ['s', 't', 'u']) await send(sender, message({ group_id: sessionId }));
  const page = { 'last-updated-time': new Date(0), skip: rhea.types.wrap_int(1), top: rhea.types.wrap_int(2) };
  const answer = await request(connection, 'sessions/$management', 'com.microsoft:get-message-sessions', page);
  expect(answer['body']).toMatchObject({ 'sessions-ids': ['t', 'u'] });
});

test('a session lock cannot be renewed from another connection', async () => {
  const { connection } = await useRawClient();
  const answer = await request(connection, 'sessions/$management', 'com.microsoft:renew-session-lock', {
    'session-id': 's',
  });
  expect(answer['application_properties']).toMatchObject({
    statusCode: 410,
    errorCondition: 'com.microsoft:session-lock-lost',
  });
});

test('put-token needs an operation and a name', async () => {
  const { connection } = await useRawClient();
  const answer = await request(connection, '$cbs', 'delete-token', {});
  expect(answer['application_properties']).toMatchObject({ 'status-code': 400 });
});
