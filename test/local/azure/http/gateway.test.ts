import { describe, expect, it } from 'vitest';
import { bench, configurationPath, gitBody, healthy } from '../support.ts';

describe('the gateway', () => {
  it.each([
    ['no token', {}],
    ['another scheme', { authorization: 'Basic abc' }],
    ['an empty token', { authorization: 'Bearer ' }],
  ])('refuses %s', async (_, headers) => {
    const { azure } = await bench();
    const response = await fetch(`${azure.endpoint}/subscriptions?api-version=2022-12-01`, { headers });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await response.json()).toMatchObject({ error: { code: 'AuthenticationFailed' } });
  });

  it('demands an api-version', async () => {
    const { azure } = await bench();
    const response = await fetch(`${azure.endpoint}/subscriptions`, { headers: { authorization: 'Bearer x' } });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error: { code: 'MissingApiVersionParameter' } },
    ]);
  });

  it('does not know other versions and paths', async () => {
    const { azure, call } = await bench();
    const path = configurationPath(healthy(azure));
    for (const unknown of [`${path}?api-version=2019-01-01`, '/providers/Microsoft.Nothing/things']) {
      const { status, headers, body } = await call('GET', unknown);
      expect([status, body.error.code, headers.get('x-ms-failure-cause')]).toEqual([
        404,
        'InvalidResourceType',
        'gateway',
      ]);
    }
  });

  it('refuses a body that is not JSON', async () => {
    const { azure } = await bench();
    const url = `${azure.endpoint}${configurationPath(healthy(azure))}?api-version=2025-04-01`;
    const response = await fetch(url, { method: 'PUT', headers: { authorization: 'Bearer x' }, body: '{' });
    expect([response.status, await response.json()]).toMatchObject([400, { error: { code: 'InvalidRequestContent' } }]);
  });

  it('counts every request by operation and status', async () => {
    const { azure, call } = await bench();
    const path = configurationPath(healthy(azure));
    await call('PUT', path, gitBody());
    await call('GET', path);
    await call('GET', `${path}x`);
    expect(azure.metrics).toMatchObject({
      requests: 3,
      byOperation: { 'PUT fluxConfigurations': 1, 'GET fluxConfigurations': 2 },
      byStatus: { 201: 1, 200: 1, 404: 1 },
      throttled: 0,
    });
  });

  it('echoes the correlation id and tells local time', async () => {
    const { clock, call } = await bench();
    const { headers } = await call('GET', '/subscriptions', undefined, { 'x-ms-correlation-request-id': 'abc' });
    expect(headers.get('x-ms-correlation-request-id')).toBe('abc');
    expect(headers.get('date')).toBe(new Date(clock.now()).toUTCString());
  });
});

describe('throttling', () => {
  it('gives 200 writes, then 429 with Retry-After, then ten more per second, per subscription', async () => {
    const { azure, call, clock } = await bench();
    const each = healthy(azure);
    const path = configurationPath(each);
    const first = await call('PATCH', path, { properties: {} });
    expect(first.headers.get('x-ms-ratelimit-remaining-subscription-writes')).toBe('199');
    for (let count = 1; count < 200; count++) await call('PATCH', path, { properties: {} });
    const refused = await call('PATCH', path, { properties: {} });
    expect(refused.status).toBe(429);
    expect(refused.body.error.code).toBe('SubscriptionRequestsThrottled');
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(azure.metrics.throttled).toBe(1);
    expect((await call('GET', path)).headers.get('x-ms-ratelimit-remaining-subscription-reads')).toBe('249');
    expect((await call('DELETE', path)).headers.get('x-ms-ratelimit-remaining-subscription-deletes')).toBe('199');
    const other = azure.fleet.clusters.find(({ subscriptionId }) => subscriptionId !== each.subscriptionId)!;
    expect((await call('PATCH', configurationPath(other), { properties: {} })).status).toBe(404);
    clock.advance(1000);
    const statuses = [];
    for (let count = 0; count < 11; count++) statuses.push((await call('PATCH', path, { properties: {} })).status);
    expect(statuses).toEqual([...Array<number>(10).fill(404), 429]);
  });

  it('gives 250 reads of the tenant', async () => {
    const { call } = await bench();
    for (let count = 0; count < 250; count++) await call('GET', '/subscriptions');
    const refused = await call('GET', '/subscriptions');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('x-ms-ratelimit-remaining-tenant-reads')).toBe('0');
  });
});
