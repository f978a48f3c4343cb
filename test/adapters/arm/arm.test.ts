import { describe, expect, test } from 'vitest';
import { createArm } from '../../../src/adapters/arm/arm.ts';
import { createLocalCredential } from '../../../src/adapters/arm/local-credential.ts';
import { countedIn } from '../azure-requests.ts';
import { armError, BODY, CHILDREN, clock, CLUSTER, faultOf, FOUND, setUp } from './set-up.ts';

describe('a request', () => {
  test('that writes sends the raw body once, with token and api-version, and keeps unknown fields', async () => {
    const body = { name: 'cfg', properties: { provisioningState: 'Creating', unknownField: 1 } };
    const { arm, fixture, telemetry } = await setUp(() => ({ status: 201, body }));
    const result = await arm.putConfiguration(CLUSTER, 'cfg', BODY);
    expect(result).toEqual({ ok: true, value: { resource: body } });
    expect(fixture.requests).toHaveLength(1);
    const [request] = fixture.requests;
    expect(request).toMatchObject({ method: 'PUT', url: `${CHILDREN}/fluxConfigurations/cfg?api-version=2025-04-01` });
    expect(request!.headers.authorization).toBe('Bearer local-cloud');
    expect(request!.headers['content-type']).toContain('application/json');
    expect(JSON.parse(request!.body)).toEqual(BODY);
    expect(countedIn(telemetry)).toEqual([{ kind: 'write', status: '201' }]);
  });

  test('that reads gives the body as it came, without invented defaults', async () => {
    const body = { name: 'cfg', properties: { complianceState: null, statuses: [{ name: 'x', more: true }] } };
    const { arm, telemetry } = await setUp(() => ({ status: 200, body }));
    expect(await arm.getConfiguration(CLUSTER, 'cfg')).toEqual({ ok: true, value: body });
    expect(countedIn(telemetry)).toEqual([{ kind: 'read', status: '200' }]);
  });

  test('that is accepted without a body has an empty resource', async () => {
    const { arm } = await setUp(() => ({ status: 202 }));
    expect(await arm.putExtension(CLUSTER, 'flux', {})).toEqual({ ok: true, value: { resource: {} } });
  });

  test.each([
    [500, 'x'],
    [503, 'x'],
    [429, 'x'],
  ])('is sent once though %i would make the SDK repeat it', async (status, code) => {
    const { arm, fixture } = await setUp(() => armError(status, code, 'again', { 'retry-after': '0' }));
    faultOf(await arm.getConfiguration(CLUSTER, 'cfg'));
    expect(fixture.requests).toHaveLength(1);
  });

  test.each([`${CLUSTER}/extra`, 'c1', CLUSTER.replace('/c1', '/..'), CLUSTER.replace('/rg/', '/%2e%2E/')])(
    'is not sent for the cluster id %s',
    async (clusterId) => {
      const { arm, fixture } = await setUp(() => FOUND);
      expect(faultOf(await arm.getConfiguration(clusterId, 'cfg'))).toMatchObject({
        kind: 'refused',
        code: 'InvalidClusterId',
      });
      expect(fixture.requests).toHaveLength(0);
    },
  );

  test('escapes names, so that they stay one segment', async () => {
    const { arm, fixture } = await setUp(() => FOUND);
    await arm.getConfiguration(CLUSTER.replace('/rg/', '/r g?x#y/'), 'a/../b');
    expect(fixture.requests[0]!.url).toBe(
      `${CHILDREN.replace('/rg/', '/r%20g%3Fx%23y/')}/fluxConfigurations/a%2F..%2Fb?api-version=2025-04-01`,
    );
  });
});

describe('hosts', () => {
  test('a redirect is not followed, whether to another host or to our own', async () => {
    const { fixture: other } = await setUp(() => FOUND);
    for (const location of [`${other.endpoint}/steal`, '/elsewhere']) {
      const { arm, fixture } = await setUp(() => ({ status: 307, headers: { location } }));
      expect(faultOf(await arm.getConfiguration(CLUSTER, 'cfg'))).toMatchObject({
        kind: 'unavailable',
        code: 'Http307',
      });
      expect(fixture.requests).toHaveLength(1);
    }
    expect(other.requests).toHaveLength(0);
  });

  test.each([
    ['its own', (host: string) => `https://${host}/op?api-version=1&t=a%2Bb&s=c`, true],
    ['another host', () => 'https://evil.example/op', false],
    ['another port', (host: string) => `https://${host.split(':')[0]}:1/op`, false],
    ['user info that looks like the host', (host: string) => `https://${host}@evil.example/op`, false],
    ['user info on the host', (host: string) => `https://user:secret@${host}/op`, false],
    ['a longer host', (host: string) => `https://${host}.evil.example/op`, false],
    ['a file', () => 'file:///E:/approot/op', false],
    ['no URL', () => 'op', false],
  ])('an operation URL of %s', async (_name, url, kept) => {
    const { arm, fixture } = await setUp((request) => ({
      status: 201,
      headers: { 'azure-asyncoperation': url(request.headers.host ?? '') },
      body: {},
    }));
    const result = await arm.putConfiguration(CLUSTER, 'cfg', BODY);
    const operationUrl = kept ? { operationUrl: url(fixture.host) } : {};
    expect(result).toEqual({ ok: true, value: { resource: {}, ...operationUrl } });
  });

  test('plain http is for loopback addresses only', () => {
    const credential = createLocalCredential();
    expect(() => createArm({ endpoint: 'http://management.azure.com', credential, clock })).toThrow(/not https/);
    expect(() => createArm({ endpoint: 'http://127.0.0.1.evil.example', credential, clock })).toThrow(/not https/);
    expect(() => createArm({ endpoint: 'https://management.usgovcloudapi.net', credential, clock })).not.toThrow();
  });
});
