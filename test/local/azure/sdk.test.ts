import type { FluxConfiguration } from '@azure/arm-kubernetesconfiguration';
import { describe, expect, it } from 'vitest';
import { bench, COMMIT, configurationClient, gitBody, graphClient, healthy } from './support.ts';

/** Resource parameters in the order of the SDK. */
function target(cluster: ReturnType<typeof healthy>): [string, string, string, string] {
  return [cluster.resourceGroup, cluster.type.provider, cluster.type.segment, cluster.name];
}

describe('the published SDKs', () => {
  it('create, poll, read, list, patch and delete a configuration', async () => {
    const { azure, clock } = await bench({ lagMs: 0 });
    const cluster = healthy(azure);
    const client = configurationClient(azure, cluster.subscriptionId);
    const at = target(cluster);
    const properties = gitBody().properties as FluxConfiguration;
    const poller = await client.fluxConfigurations.beginCreateOrUpdate(...at, 'cluster-config', properties, {
      updateIntervalInMs: 1,
    });
    expect(poller.getOperationState().status).toBe('running');
    clock.advance(20_000);
    const created = await poller.pollUntilDone();
    expect(created.provisioningState).toBe('Succeeded');
    clock.advance(60_000);
    const read = await client.fluxConfigurations.get(...at, 'cluster-config');
    expect(read).toMatchObject({ complianceState: 'Compliant', sourceSyncedCommitId: `main@sha1:${COMMIT}` });
    const listed = [];
    for await (const each of client.fluxConfigurations.list(...at)) listed.push(each);
    expect(listed.map(({ name }) => name)).toEqual(['cluster-config']);
    const update = await client.fluxConfigurations.beginUpdate(...at, 'cluster-config', { suspend: true });
    clock.advance(30_000);
    expect((await update.pollUntilDone()).suspend).toBe(true);
    const removal = await client.fluxConfigurations.beginDelete(...at, 'cluster-config');
    clock.advance(20_000);
    await removal.pollUntilDone();
    await expect(client.fluxConfigurations.get(...at, 'cluster-config')).rejects.toMatchObject({ statusCode: 404 });
  });

  it('install an extension over its own operation URL', async () => {
    const { azure, clock } = await bench();
    const cluster = healthy(azure, false);
    const client = configurationClient(azure, cluster.subscriptionId);
    const extension = { extensionType: 'microsoft.flux', autoUpgradeMinorVersion: true };
    const poller = await client.extensions.beginCreate(...target(cluster), 'flux', extension, {
      updateIntervalInMs: 1,
    });
    clock.advance(110_000);
    const installed = await poller.pollUntilDone();
    expect(installed).toMatchObject({ provisioningState: 'Succeeded', currentVersion: '1.24.1' });
  });

  it('see a failed operation with its code', async () => {
    const { azure, clock } = await bench();
    const cluster = healthy(azure, false);
    const client = configurationClient(azure, cluster.subscriptionId);
    const extension = { extensionType: 'microsoft.flux', version: '1.2.99' };
    const poller = await client.extensions.beginCreate(...target(cluster), 'flux', extension, {
      updateIntervalInMs: 1,
    });
    clock.advance(110_000);
    await expect(poller.pollUntilDone()).rejects.toThrow(/ExtensionCreationFailed/);
  });

  it('query Resource Graph page by page', async () => {
    const { azure } = await bench();
    const graph = graphClient(azure);
    const query = 'resources | project id, name | order by id asc';
    const names: string[] = [];
    let skipToken: string | undefined;
    do {
      const page = await graph.resources({ query, options: { top: 20, ...(skipToken && { skipToken }) } });
      names.push(...(page.data as { name: string }[]).map(({ name }) => name));
      skipToken = page.skipToken;
    } while (skipToken !== undefined);
    expect(new Set(names)).toEqual(new Set(azure.fleet.clusters.map(({ name }) => name)));
    expect(names).toHaveLength(48);
  });
});
