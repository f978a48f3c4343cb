import { describe, expect, test } from 'vitest';
import { countedIn } from '../azure-requests.ts';
import { armError, faultOf, setUp, SUB } from './set-up.ts';

const NAMESPACE = 'Microsoft.KubernetesConfiguration';

describe('a resource provider', () => {
  test('is read with its state, and with locations as resources spell them', async () => {
    const body = {
      namespace: NAMESPACE,
      registrationState: 'Registering',
      resourceTypes: [
        { resourceType: 'fluxConfigurations', locations: ['East US', 'West Europe', 'australiaeast'] },
        { resourceType: 'extensions', locations: [] },
        { resourceType: 'operations' },
      ],
    };
    const { arm, fixture, telemetry } = await setUp(() => ({ status: 200, body }));
    expect(await arm.getProvider(SUB, NAMESPACE)).toEqual({
      ok: true,
      value: {
        state: 'Registering',
        locations: {
          fluxconfigurations: ['eastus', 'westeurope', 'australiaeast'],
          extensions: [],
          operations: [],
        },
      },
    });
    expect(fixture.requests.map(({ url }) => url)).toEqual([
      `/subscriptions/${SUB}/providers/${NAMESPACE}?api-version=2021-04-01`,
    ]);
    expect(countedIn(telemetry)).toEqual([{ kind: 'read', status: '200' }]);
  });

  test('that nobody knows is refused', async () => {
    const { arm } = await setUp(() => armError(404, 'InvalidResourceNamespace', 'no such namespace'));
    expect(faultOf(await arm.getProvider(SUB, 'Microsoft.Nothing'))).toEqual({
      kind: 'refused',
      code: 'InvalidResourceNamespace',
      detail: 'no such namespace',
    });
  });

  test('of unknown shape is not taken for a registered one', async () => {
    const { arm } = await setUp(() => ({ status: 200, body: { namespace: NAMESPACE } }));
    expect(faultOf(await arm.getProvider(SUB, NAMESPACE))).toMatchObject({
      kind: 'unavailable',
      code: 'UnreadableAnswer',
    });
  });
});
