import { z } from 'zod';
import { azureBlob, bucket, flag, gitRepository, ociRepository, timing } from './source-schema.ts';

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
export const SOURCE_BLOCKS = {
  GitRepository: 'gitRepository',
  Bucket: 'bucket',
  AzureBlob: 'azureBlob',
  OCIRepository: 'ociRepository',
} as const;

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
  sourceKind: z.enum(['GitRepository', 'Bucket', 'AzureBlob', 'OCIRepository']),
  suspend: flag(false),
  gitRepository: gitRepository.nullish().transform((value) => value ?? null),
  bucket: bucket.nullish().transform((value) => value ?? null),
  azureBlob: azureBlob.nullish().transform((value) => value ?? null),
  ociRepository: ociRepository.nullish().transform((value) => value ?? null),
  kustomizations: z
    .record(z.string().min(1), kustomization)
    .nullish()
    .transform((value) => value ?? {}),
  waitForReconciliation: z.boolean().nullish(),
  reconciliationWaitDuration: z.string().nullish(),
});
export type FluxSpec = z.infer<typeof fluxSpec>;

/** What all kinds of sources have in common. @throws when the spec has no source, which validation rules out */
export function sourceOf(spec: FluxSpec): { url: string; syncIntervalInSeconds: number; localAuthRef: string | null } {
  const source = spec.gitRepository ?? spec.bucket ?? spec.azureBlob ?? spec.ociRepository;
  if (source === null) throw new Error(`a configuration of kind ${spec.sourceKind} has no source`);
  return source;
}

/** The outer shape of PUT and PATCH; `properties` is checked after defaults and merging. */
export const fluxBody = z.object({
  properties: z.looseObject({ configurationProtectedSettings: z.record(z.string(), z.string()).nullish() }),
});
