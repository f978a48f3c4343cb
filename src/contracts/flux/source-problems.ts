import type { SecretReference } from '../secret-reference.ts';
import type { AzureBlob } from './azure-blob.ts';
import type { Bucket } from './bucket.ts';
import type { FieldProblem } from './field-problems.ts';
import type { GitRepository } from './git-repository.ts';
import type { OciRepository } from './oci-repository.ts';
import { isHttp } from './source-fields.ts';
import { SOURCE_BLOCKS, type SourceKind } from './source-kinds.ts';

/** Secrets beside the source, by the kind that they are for. */
const PROTECTED_OF = {
  sshPrivateKey: 'GitRepository',
  httpsKey: 'GitRepository',
  bucketSecretKey: 'Bucket',
} as const;
type Protected = Partial<Record<keyof typeof PROTECTED_OF, SecretReference>>;

interface Sources {
  readonly sourceKind?: SourceKind;
  readonly gitRepository?: GitRepository;
  readonly bucket?: Bucket;
  readonly azureBlob?: AzureBlob;
  readonly ociRepository?: OciRepository;
  readonly configurationProtectedSettings?: Protected;
}

/** What the source kind, the source block and the secrets have to agree on. */
export function sourceProblems(configuration: Sources): FieldProblem[] {
  const { sourceKind, configurationProtectedSettings: secrets = {} } = configuration;
  const block = sourceKind === undefined ? undefined : SOURCE_BLOCKS[sourceKind];
  // A kind that is none is told of by its own field.
  if (block === undefined) return [];
  const foreign = Object.values(SOURCE_BLOCKS)
    .filter((other) => other !== block && configuration[other] !== undefined)
    .map((other) => ({ path: [other], message: `is not the source of sourceKind ${sourceKind}; leave it out` }));
  const missing =
    configuration[block] === undefined ? [{ path: [block], message: `is required for sourceKind ${sourceKind}` }] : [];
  return [...missing, ...foreign, ...foreignSecrets(sourceKind, secrets), ...pairProblems(configuration, secrets)];
}

const secretPath = (name: keyof Protected): string[] => ['configurationProtectedSettings', name];

function foreignSecrets(sourceKind: SourceKind | undefined, secrets: Protected): FieldProblem[] {
  return (['sshPrivateKey', 'httpsKey', 'bucketSecretKey'] as const)
    .filter((name) => secrets[name] !== undefined && PROTECTED_OF[name] !== sourceKind)
    .map((name) => ({ path: secretPath(name), message: `is for sourceKind ${PROTECTED_OF[name]}; leave it out` }));
}

function pairProblems({ sourceKind, gitRepository, bucket }: Sources, secrets: Protected): FieldProblem[] {
  if (sourceKind === 'GitRepository' && gitRepository !== undefined) return gitSecretProblems(gitRepository, secrets);
  if (sourceKind !== 'Bucket' || bucket === undefined) return [];
  if ((bucket.accessKey === undefined) === (secrets.bucketSecretKey === undefined)) return [];
  return bucket.accessKey === undefined
    ? [{ path: secretPath('bucketSecretKey'), message: 'needs bucket.accessKey beside it' }]
    : [{ path: ['bucket', 'accessKey'], message: 'needs configurationProtectedSettings.bucketSecretKey beside it' }];
}

function gitSecretProblems(git: Partial<GitRepository>, { sshPrivateKey, httpsKey }: Protected): FieldProblem[] {
  const { url, httpsUser, localAuthRef, provider } = git;
  const problems: FieldProblem[] = [];
  const add = (path: string[], message: string) => problems.push({ path, message });
  if (sshPrivateKey !== undefined && isHttp(url)) add(secretPath('sshPrivateKey'), 'is for SSH; the url is HTTP(S)');
  if (httpsKey !== undefined && url !== undefined && !isHttp(url))
    add(secretPath('httpsKey'), 'is for HTTPS; the url is SSH');
  if (httpsUser !== undefined && httpsKey === undefined) {
    add(['gitRepository', 'httpsUser'], 'needs configurationProtectedSettings.httpsKey beside it');
  }
  if (httpsKey !== undefined && httpsUser === undefined) {
    add(secretPath('httpsKey'), 'needs gitRepository.httpsUser beside it');
  }
  if (sshPrivateKey === undefined && httpsKey === undefined) return problems;
  if (localAuthRef !== undefined) {
    add(['gitRepository', 'localAuthRef'], 'cannot stand beside sshPrivateKey or httpsKey; keep one of them');
  }
  if (provider === 'Azure' || provider === 'GitHub') {
    add(['gitRepository', 'provider'], `${provider} brings its own credentials; leave sshPrivateKey and httpsKey out`);
  }
  return problems;
}
