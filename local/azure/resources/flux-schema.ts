import { z } from 'zod';

/** Service default of every timeout and interval (flux.md a.1, a.6), in seconds. */
const SECONDS_DEFAULT = 600;

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? null);
const flag = (fallback: boolean) =>
  z
    .boolean()
    .nullish()
    .transform((value) => value ?? fallback);
const seconds = z
  .number()
  .int()
  .nullish()
  .transform((value) => value ?? SECONDS_DEFAULT);
const timing = { timeoutInSeconds: seconds, syncIntervalInSeconds: seconds };

const repositoryRef = z.object({ branch: text, tag: text, semver: text, commit: text });

const gitRepository = z.object({
  url: z.string().min(1),
  ...timing,
  repositoryRef: repositoryRef.nullish().transform((value) => value ?? null),
  sshKnownHosts: text,
  httpsUser: text,
  httpsCACert: text,
  localAuthRef: text,
  provider: z.string().nullish(),
});

const bucket = z.object({
  url: z.string().min(1),
  bucketName: z.string().min(1),
  // The REST default is true although the CLI always sends false (flux.md a.3).
  insecure: flag(true),
  ...timing,
  accessKey: text,
  localAuthRef: text,
});

const azureBlob = z.object({
  url: z.string().min(1),
  containerName: z.string().min(1),
  ...timing,
  servicePrincipal: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((value) => value ?? null),
  accountKey: text,
  sasToken: text,
  managedIdentity: z
    .object({ clientId: text })
    .nullish()
    .transform((value) => value ?? null),
  localAuthRef: text,
});

const substituteFrom = z.object({ kind: z.string(), name: z.string(), optional: flag(false) });
const postBuild = z.object({
  substitute: z.record(z.string(), z.string()).nullish(),
  substituteFrom: z.array(substituteFrom).nullish(),
});

const kustomization = z.object({
  path: z
    .string()
    .nullish()
    .transform((value) => value ?? ''),
  dependsOn: z
    .array(z.string())
    .nullish()
    .transform((value) => value ?? []),
  ...timing,
  retryIntervalInSeconds: z
    .number()
    .int()
    .nullish()
    .transform((value) => value ?? null),
  prune: flag(false),
  force: flag(false),
  wait: flag(true),
  postBuild: postBuild.nullish().transform((value) => value ?? null),
});

/** The blocks that a source kind may bring; a further kind is one more line here. */
export const SOURCE_BLOCKS = { GitRepository: 'gitRepository', Bucket: 'bucket', AzureBlob: 'azureBlob' } as const;

/** `properties` of a configuration as the service keeps it: everything that was left out is filled in. */
export const fluxSpec = z.object({
  scope: z
    .enum(['cluster', 'namespace'])
    .nullish()
    .transform((value) => value ?? 'cluster'),
  namespace: z
    .string()
    .nullish()
    .transform((value) => value ?? 'default'),
  sourceKind: z.enum(['GitRepository', 'Bucket', 'AzureBlob']),
  suspend: flag(false),
  gitRepository: gitRepository.nullish().transform((value) => value ?? null),
  bucket: bucket.nullish().transform((value) => value ?? null),
  azureBlob: azureBlob.nullish().transform((value) => value ?? null),
  kustomizations: z
    .record(z.string().min(1), kustomization)
    .nullish()
    .transform((value) => value ?? {}),
  waitForReconciliation: z.boolean().nullish(),
  reconciliationWaitDuration: z.string().nullish(),
});
export type FluxSpec = z.infer<typeof fluxSpec>;

/** The outer shape of PUT and PATCH; `properties` is checked after defaults and merging. */
export const fluxBody = z.object({
  properties: z.looseObject({ configurationProtectedSettings: z.record(z.string(), z.string()).nullish() }),
});
