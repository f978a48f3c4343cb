import { describe, expect, test } from 'vitest';
import { CHILDREN, CLUSTER, setUp } from './set-up.ts';

describe('the extension', () => {
  const flux = { name: 'fluxcd-01', properties: { extensionType: 'Microsoft.Flux', provisioningState: 'Succeeded' } };
  const other = { name: 'monitor', properties: { extensionType: 'microsoft.azuremonitor.containers' } };

  test('[extension.name] is found by type without case, whatever its name', async () => {
    const { arm, fixture } = await setUp(() => ({ status: 200, body: { value: [other, flux], nextLink: null } }));
    expect(await arm.findFluxExtension(CLUSTER)).toEqual({ ok: true, value: { name: 'fluxcd-01', resource: flux } });
    expect(fixture.requests.map(({ url }) => url)).toEqual([`${CHILDREN}/extensions?api-version=2023-05-01`]);
  });

  test('is absent from an empty list', async () => {
    const { arm } = await setUp(() => ({
      status: 200,
      body: { value: [other, { name: 'x', properties: null }, { name: 'y' }] },
    }));
    expect(await arm.findFluxExtension(CLUSTER)).toEqual({ ok: true, value: undefined });
  });
});
