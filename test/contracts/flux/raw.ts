import { rootCertificates } from 'node:tls';
import { Configuration } from '../../../src/contracts/flux/configuration.ts';
import { COMMIT } from '../../core/clusters.ts';

export { COMMIT };
export type Raw = Record<string, unknown>;

export const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
/** The published host key of github.com. */
export const KNOWN_HOST = 'github.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';
export const CERTIFICATE = `${rootCertificates[0] ?? ''}\n`;
export const VAULT_SECRET = 'https://shop-kv.vault.azure.net/secrets/git-key';

export const base64 = (text: string): string => Buffer.from(text).toString('base64');

const configuration = (sourceKind: string, block: string, source: Raw, changes: Raw): Raw => ({
  name: 'shop',
  sourceKind,
  [block]: source,
  kustomizations: { apps: { path: './apps' } },
  ...changes,
});

/** Configurations as people write them; `source` changes the block of the source, `changes` whole top-level fields. */
export const git = (source: Raw = {}, changes: Raw = {}): Raw =>
  configuration(
    'GitRepository',
    'gitRepository',
    { url: 'https://git.example/org/shop', repositoryRef: { branch: 'main', commit: COMMIT }, ...source },
    changes,
  );
export const sshGit = (source: Raw = {}, changes: Raw = {}): Raw =>
  git({ url: 'ssh://git@git.example/org/shop', ...source }, changes);
export const bucket = (source: Raw = {}, changes: Raw = {}): Raw =>
  configuration(
    'Bucket',
    'bucket',
    { url: 'https://minio.example', bucketName: 'shop', accessKey: 'AKIA1', ...source },
    { configurationProtectedSettings: { bucketSecretKey: VAULT_SECRET }, ...changes },
  );
export const blob = (source: Raw = {}, changes: Raw = {}): Raw =>
  configuration(
    'AzureBlob',
    'azureBlob',
    { url: 'https://acct.blob.core.windows.net', containerName: 'shop', ...source },
    changes,
  );
export const oci = (source: Raw = {}, changes: Raw = {}): Raw =>
  configuration(
    'OCIRepository',
    'ociRepository',
    { url: 'oci://ghcr.io/org/shop', repositoryRef: { digest: DIGEST }, ...source },
    changes,
  );
export const kustomized = (kustomizations: Raw, changes: Raw = {}): Raw => git({}, { kustomizations, ...changes });

/** Everything that is wrong with a configuration, as `path: message`; empty when it is accepted. */
export function problemsOf(raw: unknown): string[] {
  const issues = Configuration.safeParse(raw).error?.issues ?? [];
  return issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}
