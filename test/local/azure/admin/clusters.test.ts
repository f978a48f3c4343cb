import { describe, expect, it } from 'vitest';
import { bench, configurationPath, gitBody, healthy } from '../support.ts';

describe('/admin/clusters', () => {
  it('lists every cluster with its configurations', async () => {
    const { azure, call, admin } = await bench();
    const each = healthy(azure);
    await call('PUT', configurationPath(each), gitBody());
    const { clusters } = (await admin('GET', '/admin/clusters')).body;
    expect(clusters).toHaveLength(48);
    expect(clusters.filter(({ state }) => state === 'offline')).toHaveLength(1);
    expect(clusters.find(({ name }) => name === each.name)).toMatchObject({
      state: 'online',
      failure: null,
      configurations: [{ name: 'cluster-config', state: 'Creating', compliance: null }],
    });
  });

  it.each([
    ['stopped', 'Microsoft.Kubernetes'],
    ['offline', 'Microsoft.ContainerService'],
  ])('refuses %s for %s', async (state, provider) => {
    const { azure, admin } = await bench();
    const { status, body } = await admin('PATCH', `/admin/clusters/${healthy(azure, true, provider).name}`, { state });
    expect([status, body.error.code]).toEqual([400, 'InvalidAdminRequest']);
  });

  it('checks names and fields', async () => {
    const { azure, admin } = await bench();
    expect((await admin('PATCH', '/admin/clusters/nowhere', { state: 'online' })).status).toBe(404);
    const wrong = await admin('PATCH', `/admin/clusters/${healthy(azure).name}`, { colour: 'red' });
    expect([wrong.status, wrong.body.error.code]).toEqual([400, 'InvalidAdminRequest']);
    expect((await admin('GET', '/admin/nothing')).status).toBe(404);
  });

  it('shows the metrics', async () => {
    const { call, admin } = await bench();
    await call('GET', '/subscriptions');
    expect((await admin('GET', '/admin/metrics')).body).toMatchObject({ requests: 1, byStatus: { 200: 1 } });
  });
});
