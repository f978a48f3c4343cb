import { describe, expect, test } from 'vitest';
import { createArm } from '../../../src/adapters/arm/arm.ts';
import { FLUX_API_VERSIONS, newestVersion } from '../../../src/adapters/arm/api-versions.ts';
import { createLocalCredential } from '../../../src/adapters/arm/local-credential.ts';
import type { Arm } from '../../../src/ports/arm.ts';
import { clock, CLUSTER, FOUND, setUp, type Setup } from './set-up.ts';

const OLD = '2023-05-01';
const NEW = '2025-04-01';
const git = (block: object) => ({ sourceKind: 'GitRepository', gitRepository: { url: 'https://x/y', ...block } });

function versions({ fixture }: Setup): (string | null)[] {
  return fixture.requests.map(({ url }) => new URL(url, 'http://x').searchParams.get('api-version'));
}

describe('api-version', () => {
  test.each([
    ['Git', git({}), OLD],
    ['Git with a provider', git({ provider: 'Azure' }), NEW],
    ['Git that loses its provider', git({ provider: null }), NEW],
    ['buckets', { sourceKind: 'Bucket', bucket: {} }, OLD],
    ['blobs', { sourceKind: 'AzureBlob', azureBlob: {} }, OLD],
    ['OCI', { sourceKind: 'OCIRepository', ociRepository: {} }, NEW],
    ['Git that leaves OCI', { ...git({}), ociRepository: null }, NEW],
    ['a body without a kind', { suspend: true }, NEW],
    ['a kind yet unknown', { sourceKind: 'Helm' }, NEW],
  ])('of a write of %s', async (_name, properties, version) => {
    const setup = await setUp(() => FOUND);
    await setup.arm.putConfiguration(CLUSTER, 'cfg', { properties });
    await setup.arm.patchConfiguration(CLUSTER, 'cfg', { properties });
    expect(versions(setup)).toEqual([version, version]);
  });

  test('of reads and deletions is the newest, so that no block is hidden', async () => {
    const setup = await setUp(({ url }) => (url.includes('/cfg?') ? FOUND : { status: 200, body: { value: [] } }));
    await setup.arm.getConfiguration(CLUSTER, 'cfg');
    await setup.arm.listConfigurations(CLUSTER);
    await setup.arm.deleteConfiguration(CLUSTER, 'cfg', false);
    expect(versions(setup)).toEqual([NEW, NEW, NEW]);
  });

  test('may be set for a cloud that lags behind', async () => {
    const setup = await setUp(() => FOUND);
    const fluxApiVersions = { ...FLUX_API_VERSIONS, OCIRepository: '2024-11-01' };
    const { endpoint } = setup.fixture;
    const arm: Arm = createArm({ endpoint, credential: createLocalCredential(), clock, fluxApiVersions });
    await arm.putConfiguration(CLUSTER, 'cfg', { properties: { sourceKind: 'OCIRepository' } });
    await arm.putConfiguration(CLUSTER, 'cfg', { properties: git({}) });
    await arm.getConfiguration(CLUSTER, 'cfg');
    expect(versions(setup)).toEqual(['2024-11-01', OLD, '2024-11-01']);
  });

  test.each([
    ['2024-11-01', '2025-04-01-preview', '2025-04-01-preview'],
    ['2025-04-01', '2025-04-01-preview', '2025-04-01'],
    ['2026-07-01-preview', '2025-04-01', '2026-07-01-preview'],
  ])('%s or %s: the newest is %s', (Bucket, OCIRepository, newest) => {
    expect(newestVersion({ ...FLUX_API_VERSIONS, Bucket, OCIRepository })).toBe(newest);
  });
});
