import { describe, expect, it } from 'vitest';
import {
  bench,
  COMMIT,
  configurationPath,
  extensionPath,
  gitBody,
  healthy,
  OTHER_COMMIT,
  textLike,
} from '../support.ts';

describe('PUT fluxConfigurations', () => {
  it('answers 201 with Creating, the signed operation URL, an internal Location and no Retry-After', async () => {
    const { azure, call } = await bench();
    const path = configurationPath(healthy(azure, true, 'Microsoft.Kubernetes'));
    const { status, headers, body } = await call('PUT', path, gitBody());
    expect(status).toBe(201);
    expect(body.properties).toMatchObject({
      provisioningState: 'Creating',
      complianceState: null,
      errorMessage: null,
      statuses: [],
      statusUpdatedAt: null,
    });
    const operation = headers.get('azure-asyncoperation') ?? '';
    expect(operation).toMatch(
      new RegExp(`^https://127.0.0.1:${azure.port}/subscriptions/.*/ConnectedClusters/.*/operations/`),
    );
    expect(operation).toMatch(/\?api-version=2025-04-01&t=\d+&c=\w{1200}&s=[\w-]+&h=[\w-]+$/);
    expect(headers.get('location')).toMatch(/^https:\/\/\w+\.rp\.kubernetesconfiguration\.azure\.com\//);
    expect(headers.get('retry-after')).toBeNull();
  });

  it('fills the defaults of the service in and shows what was left out as null', async () => {
    const { azure, call } = await bench();
    const body = {
      properties: { sourceKind: 'GitRepository', gitRepository: { url: 'https://a' }, kustomizations: { k: {} } },
    };
    const { properties } = (await call('PUT', configurationPath(healthy(azure)), body)).body;
    expect(properties).toMatchObject({
      scope: 'cluster',
      namespace: 'default',
      suspend: false,
      bucket: null,
      azureBlob: null,
    });
    expect(properties.gitRepository).toMatchObject({
      timeoutInSeconds: 600,
      syncIntervalInSeconds: 600,
      localAuthRef: null,
    });
    expect(properties.kustomizations['k']).toEqual({
      name: 'k',
      path: '',
      dependsOn: [],
      timeoutInSeconds: 600,
      syncIntervalInSeconds: 600,
      retryIntervalInSeconds: null,
      prune: false,
      force: false,
      wait: true,
      postBuild: null,
    });
  });

  it('replaces with 200, keeps the creator and tells the modifier', async () => {
    const { azure, call } = await bench();
    const path = configurationPath(healthy(azure));
    await call('PUT', path, gitBody(), { authorization: `Bearer ${jwt({ appid: 'first' })}` });
    const { status, body } = await call('PUT', path, gitBody(), { authorization: `Bearer ${jwt({ upn: 'eve@x' })}` });
    expect(status).toBe(200);
    expect(body.systemData).toMatchObject({
      createdBy: 'first',
      createdByType: 'Application',
      lastModifiedBy: 'eve@x',
      lastModifiedByType: 'User',
    });
  });

  it('never gives a secret back', async () => {
    const { azure, call } = await bench();
    const path = configurationPath(healthy(azure));
    const secret = { configurationProtectedSettings: { httpsKey: 'c2VjcmV0' } };
    await call('PUT', path, gitBody(COMMIT, secret));
    const { body } = await call('GET', path);
    expect(body.properties.configurationProtectedSettings).toEqual({ httpsKey: '' });
  });

  it.each([
    ['a source kind without its block', { sourceKind: 'Bucket' }, /Invalid source kind match.*'Bucket' must contain/],
    ['an unknown source kind', { sourceKind: 'Ftp' }, /Invalid source kind match/],
    ['a url that is none', { gitRepository: { url: 'ftp://x' } }, /url of a source of kind GitRepository/],
    ['no kustomization', { kustomizations: {} }, /At least one kustomization/],
    ['a wrong type', { kustomizations: { k: { prune: 'yes' } } }, /properties\.kustomizations\.k\.prune/],
  ])('refuses %s with ValidationFailed', async (_, properties, message) => {
    const { azure, call } = await bench();
    const { status, body } = await call('PUT', configurationPath(healthy(azure)), gitBody(COMMIT, properties));
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code: 'ValidationFailed', message: textLike(message) });
    expect((await call('GET', configurationPath(healthy(azure)))).status).toBe(404);
  });

  it.each(['scope', 'namespace'])('refuses another %s on an existing configuration', async (field) => {
    const { azure, call } = await bench();
    const path = configurationPath(healthy(azure));
    await call('PUT', path, gitBody());
    const { status, body } = await call('PUT', path, gitBody(COMMIT, { [field]: 'namespace' }));
    expect([status, body.error.code]).toEqual([400, 'ValidationFailed']);
    expect(body.error.message).toContain(`'${field}' cannot be changed`);
  });

  it('brings the extension along, under the name flux, and waits for it', async () => {
    const { azure, call, clock } = await bench();
    const cluster = healthy(azure, false);
    await call('PUT', configurationPath(cluster), gitBody());
    expect((await call('GET', extensionPath(cluster))).body.properties.provisioningState).toBe('Creating');
    clock.advance(60_000);
    expect((await call('GET', configurationPath(cluster))).body.properties.provisioningState).toBe('Creating');
    clock.advance(120_000);
    expect((await call('GET', configurationPath(cluster))).body.properties).toMatchObject({
      provisioningState: 'Succeeded',
      complianceState: 'Compliant',
    });
  });

  it('cancels the operation of an earlier write', async () => {
    const { azure, call, clock } = await bench();
    const path = configurationPath(healthy(azure));
    const first = await call('PUT', path, gitBody());
    const second = await call('PUT', path, gitBody(OTHER_COMMIT));
    clock.advance(60_000);
    expect((await follow(call, first.headers)).body).toMatchObject({
      status: 'Canceled',
      error: { code: 'OperationPreempted' },
    });
    expect((await follow(call, second.headers)).body).toMatchObject({ status: 'Succeeded', error: null });
    expect((await call('GET', path)).body.properties.sourceSyncedCommitId).toBe(`main@sha1:${OTHER_COMMIT}`);
  });
});

describe('operations', () => {
  it('refuse a changed signature, take a URL without one', async () => {
    const { azure, call } = await bench();
    const { headers } = await call('PUT', configurationPath(healthy(azure)), gitBody());
    const url = new URL(headers.get('azure-asyncoperation') ?? '');
    expect((await call('GET', `${url.pathname}?api-version=2025-04-01`)).body.status).toBe('Creating');
    url.searchParams.set('s', 'forged');
    expect((await call('GET', `${url.pathname}${url.search}`)).status).toBe(403);
  });
});

describe('DELETE fluxConfigurations', () => {
  it('answers 202, shows Deleting, refuses writes meanwhile, and is gone when the operation has succeeded', async () => {
    const { azure, call, clock } = await bench();
    const path = configurationPath(healthy(azure));
    await call('PUT', path, gitBody());
    clock.advance(60_000);
    const { status, headers, body } = await call('DELETE', path);
    expect([status, body]).toEqual([202, undefined]);
    expect((await call('GET', path)).body.properties.provisioningState).toBe('Deleting');
    const write = await call('PUT', path, gitBody());
    expect([write.status, write.body.error.code]).toEqual([409, 'Conflict']);
    expect(azure.metrics.conflicts).toBe(1);
    clock.advance(20_000);
    expect((await call('GET', path)).status).toBe(404);
    expect((await follow(call, headers)).body.status).toBe('Succeeded');
  });

  it('removes at once with forceDelete, and answers 204 when there is nothing', async () => {
    const { azure, call } = await bench();
    const path = configurationPath(healthy(azure));
    await call('PUT', path, gitBody());
    expect(await call('DELETE', `${path}?forceDelete=true`)).toMatchObject({ status: 200, body: undefined });
    expect((await call('DELETE', path)).status).toBe(204);
  });
});

describe('GET and LIST fluxConfigurations', () => {
  it('LIST leaves the conditions out, GET shows them', async () => {
    const { azure, call, clock } = await bench();
    const path = configurationPath(healthy(azure));
    await call('PUT', path, gitBody());
    clock.advance(60_000);
    const listed = (await call('GET', path.replace(/\/[^/]+$/, ''))).body;
    expect(listed.nextLink).toBeNull();

    const shown = listed.value[0]!.properties.statuses;
    expect(new Set(shown.map((each) => each.statusConditions))).toEqual(new Set([null]));
    const [source] = (await call('GET', path)).body.properties.statuses;
    expect(source!.statusConditions[0]).toMatchObject({ type: 'Ready' });
  });

  it('uses one code for a missing configuration and a missing cluster', async () => {
    const { azure, call } = await bench();
    const path = configurationPath(healthy(azure));
    const missing = await call('GET', path.replace(/Clusters\/[^/]+/i, 'Clusters/nowhere'));
    expect(missing.status).toBe(404);
    expect(missing.body.error.code).toBe('ResourceNotFound');
    expect(missing.body.error.message).toContain("'nowhere'");
  });

  it('compares ids without case', async () => {
    const { azure, call } = await bench();
    const path = configurationPath(healthy(azure));
    await call('PUT', path, gitBody());
    expect((await call('GET', path.toUpperCase())).body.name).toBe('cluster-config');
  });
});

type Call = Awaited<ReturnType<typeof bench>>['call'];

/** Polls the operation of an answer once. */
async function follow(call: Call, headers: Headers) {
  const url = new URL(headers.get('azure-asyncoperation') ?? '');
  return call('GET', `${url.pathname}${url.search}`);
}

function jwt(claims: Record<string, string>): string {
  return `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;
}
