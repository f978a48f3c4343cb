import { describe, expect, test } from 'vitest';
import { CHILDREN, CLUSTER, faultOf, setUp } from './set-up.ts';

describe('the extension', () => {
  const flux = { name: 'fluxcd-01', properties: { extensionType: 'Microsoft.Flux', provisioningState: 'Succeeded' } };
  const other = { name: 'monitor', properties: { extensionType: 'microsoft.azuremonitor.containers' } };

  test('is found by type without case, whatever its name', async () => {
    const { arm, fixture } = await setUp(() => ({ status: 200, body: { value: [other, flux], nextLink: null } }));
    expect(await arm.findFluxExtension(CLUSTER)).toEqual({ ok: true, value: { name: 'fluxcd-01', resource: flux } });
    expect(fixture.requests.map(({ url }) => url)).toEqual([`${CHILDREN}/extensions?api-version=2023-05-01`]);
  });

  test('is looked for on every page', async () => {
    const { arm } = await setUp(({ url, headers }) =>
      url.includes('page=2')
        ? { status: 200, body: { value: [flux] } }
        : { status: 200, body: { value: [other], nextLink: `https://${headers.host ?? ''}${url}&page=2` } },
    );
    expect(await arm.findFluxExtension(CLUSTER)).toMatchObject({ ok: true, value: { name: 'fluxcd-01' } });
  });

  test('is absent from an empty list', async () => {
    const { arm } = await setUp(() => ({ status: 200, body: { value: [other, {}, { name: 'x', properties: null }] } }));
    expect(await arm.findFluxExtension(CLUSTER)).toEqual({ ok: true, value: undefined });
  });

  test('is not looked for on another host, nor without end', async () => {
    const elsewhere = await setUp(() => ({ status: 200, body: { value: [], nextLink: 'https://evil.example/x' } }));
    expect(faultOf(await elsewhere.arm.findFluxExtension(CLUSTER))).toMatchObject({ code: 'ForeignNextLink' });
    const endless = await setUp(({ url, headers }) => ({
      status: 200,
      body: { value: [], nextLink: `https://${headers.host ?? ''}${url}` },
    }));
    expect(faultOf(await endless.arm.findFluxExtension(CLUSTER))).toMatchObject({ code: 'TooManyPages' });
    expect(endless.fixture.requests).toHaveLength(10);
  });

  test('cannot be told from a list of unknown shape', async () => {
    const { arm } = await setUp(() => ({ status: 200, body: { items: [] } }));
    expect(faultOf(await arm.findFluxExtension(CLUSTER))).toMatchObject({
      kind: 'unavailable',
      code: 'UnreadableAnswer',
    });
  });
});
