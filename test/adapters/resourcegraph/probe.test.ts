import { expect, test } from 'vitest';
import { startAzure } from '../../../local/azure/server.ts';
import { ManualClock } from '../../../local/clock.ts';
import { createLocalCredential } from '../../../src/adapters/arm/local-credential.ts';
import { MemoryTelemetry } from '../../../src/adapters/memory/telemetry.ts';
import { createGraphProbe } from '../../../src/adapters/resourcegraph/probe.ts';
import { startHttpFixture } from '../http-fixture.ts';
import { rows } from './set-up.ts';

const clock = new ManualClock();

test('the fleet is seen by one query; subscriptions that the identity may not see are told', async () => {
  const azure = await startAzure({ clock, port: 0, fleet: { clusters: 3, subscriptions: 1 } });
  const telemetry = new MemoryTelemetry();
  const options = {
    endpoint: azure.endpoint,
    credential: createLocalCredential(),
    clock,
    telemetry,
  };
  const ids = azure.fleet.subscriptions.map(({ id }) => id);
  expect(await createGraphProbe(options, ids).check()).toBe('answers, and shows the fleet');
  expect(telemetry.counted).toHaveLength(1);
  const others = createGraphProbe(options, ['00000000-0000-0000-0000-0000000000ff']);
  await expect(others.check()).rejects.toThrow('There must be at least one subscription');
  await azure.close();
  await expect(createGraphProbe(options, ids).check()).rejects.toThrow('ECONNREFUSED');
});

test('an identity that gets no token is told', async () => {
  const credential = { getToken: () => Promise.reject(new Error('no managed identity here')) };
  const options = { endpoint: 'http://127.0.0.1:1', credential, clock };
  await expect(createGraphProbe(options, ['a']).check()).rejects.toThrow('no managed identity here');
});

test('subscriptions without anything in them are told', async () => {
  const empty = await startHttpFixture(() => rows([]));
  const options = { endpoint: empty.endpoint, credential: createLocalCredential(), clock };
  expect(await createGraphProbe(options, ['a']).check()).toContain('may the identity read them?');
  await empty.close();
});
