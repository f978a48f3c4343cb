import { z } from 'zod';
import { FluxDuration } from '../duration.ts';
import { KUSTOMIZATIONS_MAX } from '../limits.ts';
import { ResourceName } from './names.ts';

/** One kustomization: a path of the source, reconciled as one unit. Defaults are the service's. */
export const Kustomization = z.strictObject({
  path: z.string().max(1024).default(''),
  dependsOn: z.array(ResourceName).max(KUSTOMIZATIONS_MAX).default([]),
  timeout: FluxDuration.default(600),
  syncInterval: FluxDuration.default(600),
  retryInterval: FluxDuration.optional(),
  prune: z.boolean().default(false),
  force: z.boolean().default(false),
  wait: z.boolean().default(true),
});
export type Kustomization = z.infer<typeof Kustomization>;

/** Changes of one kustomization: what is not named stays as it is, or is the service's default on a new one. */
export const KustomizationEdit = z.strictObject({
  path: z.string().max(1024).optional(),
  dependsOn: z.array(ResourceName).max(KUSTOMIZATIONS_MAX).optional(),
  timeout: FluxDuration.optional(),
  syncInterval: FluxDuration.optional(),
  retryInterval: FluxDuration.optional(),
  prune: z.boolean().optional(),
  force: z.boolean().optional(),
  wait: z.boolean().optional(),
});
export type KustomizationEdit = z.infer<typeof KustomizationEdit>;
