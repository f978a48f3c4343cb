import { expect } from 'vitest';
import type { Cluster } from '../../../../local/azure/fleet/cluster.ts';
import { configurationPath, type Bench, type Properties } from '../support.ts';

export const HTTPS = 'https://git.example/platform.git';
export const SSH = 'git@git.example:platform.git';
export const BLOB = 'https://account.blob.example';
export const BUCKET = 'https://minio.example';
export const REGISTRY = 'oci://registry.example/org/manifests';
const KUSTOMIZATIONS = { kustomizations: { infra: {} } };

/** What protected settings and certificates are sent as. */
export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** A Git source on branch main, with fields and protected settings on top. */
export function git(url: string, fields: Record<string, unknown> = {}, secrets: Record<string, string> = {}) {
  const gitRepository = { url, repositoryRef: { branch: 'main' }, ...fields };
  return { sourceKind: 'GitRepository', gitRepository, configurationProtectedSettings: secrets };
}

/** A bucket source, with fields and protected settings on top. */
export function bucket(fields: Record<string, unknown> = {}, secrets: Record<string, string> = {}) {
  const block = { url: BUCKET, bucketName: 'flux', ...fields };
  return { sourceKind: 'Bucket', bucket: block, configurationProtectedSettings: secrets };
}

/** A container of Azure Blob storage, with fields on top. */
export function blob(fields: Record<string, unknown> = {}) {
  return { sourceKind: 'AzureBlob', azureBlob: { url: BLOB, containerName: 'manifests', ...fields } };
}

/** An OCI source without a reference, with fields on top. */
export function oci(fields: Record<string, unknown> = {}) {
  return { sourceKind: 'OCIRepository', ociRepository: { url: REGISTRY, ...fields } };
}

/** Applies one kustomization of a source and waits until the agent has done what it can. */
export async function apply(at: Bench, of: Cluster, source: Record<string, unknown>): Promise<Properties> {
  const properties = { namespace: 'flux-config', ...KUSTOMIZATIONS, ...source };
  const { status } = await at.call('PUT', configurationPath(of), { properties });
  expect(status).toBeLessThan(300);
  return settle(at, of);
}

/** What the configuration shows 90 seconds later. */
export async function settle(at: Bench, of: Cluster): Promise<Properties> {
  at.clock.advance(90_000);
  return (await at.call('GET', configurationPath(of))).body.properties;
}
