import { z } from 'zod';
import { Duration } from '../duration.ts';
import { SecretReference } from '../secret-reference.ts';
import { AzureBlob } from './azure-blob.ts';
import { Bucket } from './bucket.ts';
import { EVEN_WITH_WRONG_FIELDS, report } from './field-problems.ts';
import { GitRepository } from './git-repository.ts';
import { Kustomizations } from './kustomization.ts';
import { NamespaceTemplate, ResourceName } from './names.ts';
import { OciRepository } from './oci-repository.ts';
import { SOURCE_KINDS } from './source-kinds.ts';
import { sourceProblems } from './source-problems.ts';

/**
 * One `fluxConfigurations` resource as a rollout wants it on every cluster. Fields have the names of the REST resource; durations
 * are seconds once parsed and lose their `InSeconds`; secrets are references.
 */
export const Configuration = z
  .strictObject({
    action: z.literal('apply').default('apply'),
    name: ResourceName,
    /**
     * Scope and namespace are fixed when a configuration is created. With `replace` a configuration that has others is removed, with
     * everything that it prunes, and created anew; without it the cluster fails.
     */
    replace: z.boolean().default(false),
    namespace: NamespaceTemplate.default('default'),
    scope: z.enum(['cluster', 'namespace']).default('cluster'),
    suspend: z.boolean().default(false),
    sourceKind: z.enum(SOURCE_KINDS),
    /** The block of the source kind, and no other. */
    gitRepository: GitRepository.optional(),
    bucket: Bucket.optional(),
    azureBlob: AzureBlob.optional(),
    ociRepository: OciRepository.optional(),
    kustomizations: Kustomizations,
    /**
     * Secrets of a Git source or a bucket. A plan that names no credentials at all leaves those of a configuration alone that has the
     * same source; `{}` takes them away.
     */
    configurationProtectedSettings: z
      .strictObject({
        sshPrivateKey: SecretReference.optional(),
        httpsKey: SecretReference.optional(),
        bucketSecretKey: SecretReference.optional(),
      })
      .optional(),
    /** Azure finishes the write only when the cluster has reconciled. */
    waitForReconciliation: z.boolean().optional(),
    reconciliationWaitDuration: Duration.optional(),
  })
  .superRefine((configuration, ctx) => {
    report(ctx, sourceProblems(configuration));
    const { waitForReconciliation, reconciliationWaitDuration } = configuration;
    if (reconciliationWaitDuration !== undefined && waitForReconciliation !== true) {
      report(ctx, [{ path: ['reconciliationWaitDuration'], message: 'needs waitForReconciliation: true beside it' }]);
    }
  }, EVEN_WITH_WRONG_FIELDS);
export type Configuration = z.infer<typeof Configuration>;
