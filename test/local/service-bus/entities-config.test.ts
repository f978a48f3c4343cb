import { describe, expect, test } from 'vitest';
import { parseEntitiesConfig } from '../../../local/service-bus/entities-config.ts';

function config(queue: unknown, topics?: unknown): string {
  const namespace = { Name: 'sbemulatorns', Queues: queue === undefined ? [] : [queue], Topics: topics };
  return JSON.stringify({ UserConfig: { Namespaces: [namespace], Logging: { Type: 'File' } } });
}

function queueWith(properties: unknown): string {
  return config({ Name: 'q', Properties: properties });
}

test("a configuration of Microsoft's emulator becomes the queues of the broker", () => {
  const properties = {
    DeadLetteringOnMessageExpiration: true,
    DefaultMessageTimeToLive: 'PT1H',
    DuplicateDetectionHistoryTimeWindow: 'PT20S',
    ForwardDeadLetteredMessagesTo: '',
    ForwardTo: '',
    LockDuration: 'PT1M30S',
    MaxDeliveryCount: 3,
    RequiresDuplicateDetection: true,
    RequiresSession: true,
  };
  expect(parseEntitiesConfig(queueWith(properties))).toEqual([
    {
      name: 'q',
      lockDurationSeconds: 90,
      maxDeliveryCount: 3,
      duplicateDetectionSeconds: 20,
      defaultTimeToLiveSeconds: 3600,
      requiresSession: true,
      deadLetteringOnMessageExpiration: true,
    },
  ]);
});

test('what a queue does not say is as in Azure', () => {
  expect(parseEntitiesConfig(config({ Name: 'q' }))).toMatchObject([
    {
      lockDurationSeconds: 60,
      maxDeliveryCount: 10,
      duplicateDetectionSeconds: 0,
      defaultTimeToLiveSeconds: 14 * 86_400,
      requiresSession: false,
    },
  ]);
});

test.each([
  { text: 'P14D', seconds: 14 * 86_400 },
  { text: 'P1W', seconds: 604_800 },
  { text: 'P1DT2H3M4S', seconds: 93_784 },
  { text: 'PT0.5S', seconds: 0.5 },
  { text: 'P10675199DT2H48M5.4775807S', seconds: 922_337_203_685.477 },
])('the duration $text is $seconds s', ({ text, seconds }) => {
  expect(parseEntitiesConfig(queueWith({ DefaultMessageTimeToLive: text }))[0]?.defaultTimeToLiveSeconds).toBeCloseTo(
    seconds,
    3,
  );
});

describe('is refused, with what to do about it:', () => {
  test.each([
    {
      what: 'topics',
      text: config(undefined, [{ Name: 'orders' }, { Name: 'bills' }]),
      says: /Topics are not served.*orders, bills/,
    },
    { what: 'forwarding', text: queueWith({ ForwardTo: 'other' }), says: /Forwarding is not served/ },
    {
      what: 'a duration in words',
      text: queueWith({ LockDuration: '1 minute' }),
      says: /'1 minute' is not an ISO 8601 duration/,
    },
    {
      what: 'a duration of months',
      text: queueWith({ DefaultMessageTimeToLive: 'P1M' }),
      says: /'P1M' is not an ISO 8601 duration/,
    },
    {
      what: 'a lock of ten minutes',
      text: queueWith({ LockDuration: 'PT10M' }),
      says: /5 to 300 seconds.*LockDuration/s,
    },
    {
      what: 'a window of a second',
      text: queueWith({ DuplicateDetectionHistoryTimeWindow: 'PT1S' }),
      says: /20 to 604800 seconds.*DuplicateDetectionHistoryTimeWindow/s,
    },
    { what: 'no deliveries', text: queueWith({ MaxDeliveryCount: 0 }), says: /MaxDeliveryCount/ },
    { what: 'a queue without name', text: config({ Properties: {} }), says: /Queues\[0\]\.Name/ },
    {
      what: 'two namespaces',
      text: JSON.stringify({ UserConfig: { Namespaces: [{ Name: 'a' }, { Name: 'b' }] } }),
      says: /Namespaces/,
    },
    { what: 'no JSON', text: '{', says: /not JSON/ },
    { what: 'no configuration at all', text: '{}', says: /UserConfig/ },
  ])('$what', ({ text, says }) => {
    expect(() => parseEntitiesConfig(text)).toThrow(says);
  });
});
