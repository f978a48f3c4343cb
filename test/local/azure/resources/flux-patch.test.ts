import { describe, expect, it } from 'vitest';
import { bench, COMMIT, configurationPath, gitBody, healthy } from '../support.ts';

describe('PATCH fluxConfigurations', () => {
  it('merges, removes a kustomization with null and answers 202', async () => {
    const { azure, call } = await bench();
    const path = configurationPath(healthy(azure));
    await call('PUT', path, gitBody());
    const source = { sourceKind: 'GitRepository', gitRepository: {} };
    const patch = { properties: { ...source, kustomizations: { apps: null, infra: { prune: false } } } };
    const { status, headers, body } = await call('PATCH', path, patch);
    expect(status).toBe(202);
    expect(headers.get('azure-asyncoperation')).toContain('/operations/');
    expect(body.properties).toMatchObject({ provisioningState: 'Updating', scope: 'cluster' });
    expect(Object.keys(body.properties.kustomizations)).toEqual(['infra']);
    expect(body.properties.kustomizations['infra']).toMatchObject({ path: './infra', prune: false });
  });

  it.each([
    ['neither kind nor block', {}],
    ['the block alone', { gitRepository: {} }],
    ['the kind alone', { sourceKind: 'GitRepository' }],
  ])('refuses kustomizations with %s of the source', async (_, source) => {
    const { azure, call } = await bench();
    const path = configurationPath(healthy(azure));
    await call('PUT', path, gitBody());
    const patch = { properties: { ...source, kustomizations: { infra: { prune: false } } } };
    const { status, body } = await call('PATCH', path, patch);
    expect([status, body.error.code]).toEqual([400, 'ValidationFailed']);
    expect(body.error.message).toContain("specified source kind 'GitRepository' must contain corresponding body");
    expect((await call('GET', path)).body.properties.kustomizations['infra']).toMatchObject({ prune: true });
  });

  it('keeps protected settings that it does not mention, and the settings of the wait', async () => {
    const { azure, call } = await bench();
    const path = configurationPath(healthy(azure));
    const wait = { waitForReconciliation: true, reconciliationWaitDuration: 'PT5M' };
    await call('PUT', path, gitBody(COMMIT, { ...wait, configurationProtectedSettings: { httpsKey: 'eA==' } }));
    const { body } = await call('PATCH', path, { properties: { suspend: true, waitForReconciliation: false } });
    expect(body.properties).toMatchObject({ ...wait, suspend: true, configurationProtectedSettings: { httpsKey: '' } });
  });

  it.each(['scope', 'namespace'])('refuses to change %s', async (field) => {
    const { azure, call } = await bench();
    const path = configurationPath(healthy(azure));
    await call('PUT', path, gitBody());
    const { body } = await call('PATCH', path, { properties: { [field]: 'namespace' } });
    expect(body.error.code).toBe('ValidationFailed');
  });

  it('keeps a tag that a patch of the branch does not mention', async () => {
    const { azure, call } = await bench();
    const path = configurationPath(healthy(azure));
    await call('PUT', path, gitBody(null, { gitRepository: { url: 'https://a', repositoryRef: { tag: 'v1' } } }));
    const patch = { properties: { gitRepository: { repositoryRef: { branch: 'main' } } } };
    const { body } = await call('PATCH', path, patch);
    expect(body.properties.gitRepository.repositoryRef).toMatchObject({ tag: 'v1', branch: 'main' });
  });

  it('answers 200 without an operation when nothing changes', async () => {
    const { azure, call } = await bench();
    const path = configurationPath(healthy(azure));
    await call('PUT', path, gitBody());
    const { status, headers } = await call('PATCH', path, { properties: { suspend: false } });
    expect([status, headers.get('azure-asyncoperation')]).toEqual([200, null]);
  });

  it('changes the source kind as the CLI does, with {} for the block it leaves', async () => {
    const { azure, call } = await bench();
    const path = configurationPath(healthy(azure));
    await call('PUT', path, gitBody());
    const properties = { sourceKind: 'Bucket', bucket: { url: 'https://s3', bucketName: 'b' }, gitRepository: {} };
    const { status, body } = await call('PATCH', path, { properties });
    expect(status).toBe(202);
    expect(body.properties).toMatchObject({ gitRepository: null, bucket: { insecure: true, bucketName: 'b' } });
  });

  it('answers 404 for a configuration that is not there', async () => {
    const { azure, call } = await bench();
    const { status, body } = await call('PATCH', configurationPath(healthy(azure)), { properties: { suspend: true } });
    expect(status).toBe(404);
    expect(body.error).toEqual({
      code: 'ResourceNotFound',
      message: "The fluxConfigurations instance with name 'cluster-config' not found.",
      details: [],
      additionalInfo: [],
    });
  });
});
