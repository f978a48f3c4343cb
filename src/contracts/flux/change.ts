import { z } from 'zod';
import { CONFIGURATIONS_PER_ROLLOUT_MAX } from '../limits.ts';
import { Configuration } from './configuration.ts';
import { withDefaultAction } from './field-problems.ts';
import { ExtensionChange } from './extension.ts';
import { KustomizationEdit } from './kustomization.ts';
import { ResourceName } from './names.ts';

/**
 * Adds, changes and removes single kustomizations (`null` removes one) of a configuration that is on the cluster. What is not named
 * stays, secrets included.
 */
export const EditConfiguration = z.strictObject({
  action: z.literal('edit'),
  name: ResourceName,
  kustomizations: z
    .record(ResourceName, KustomizationEdit.nullable())
    .refine((edits) => Object.keys(edits).length > 0, { message: 'must name at least one kustomization' }),
});
export type EditConfiguration = z.infer<typeof EditConfiguration>;

/** Stops or starts the reconciliation of a configuration that is on the cluster; running reconciliations finish. */
export const SuspendConfiguration = z.strictObject({ action: z.enum(['suspend', 'resume']), name: ResourceName });
export type SuspendConfiguration = z.infer<typeof SuspendConfiguration>;

/** Removes a configuration. Kustomizations with `prune` take what they applied with them, unless `force`. */
export const RemoveConfiguration = z.strictObject({
  action: z.literal('remove'),
  name: ResourceName,
  /** Removes the resource at once, without the agent; what it applied stays in the cluster. */
  force: z.boolean().default(false),
});
export type RemoveConfiguration = z.infer<typeof RemoveConfiguration>;

/** What happens to one configuration; without `action` it is applied. */
export const ConfigurationChange = withDefaultAction(
  'apply',
  z.discriminatedUnion(
    'action',
    [Configuration, EditConfiguration, SuspendConfiguration, RemoveConfiguration],
    'must be apply, edit, suspend, resume or remove',
  ),
);
export type ConfigurationChange = z.infer<typeof ConfigurationChange>;

/**
 * What a rollout does to each cluster, in this order: remove Flux v1, see to the extension, then the configurations as they are
 * listed, and last the removal of the extension, if that is the change.
 */
export const Change = z
  .strictObject({
    /** `remove` deletes the cluster's Flux v1 configurations, which keep the extension from being installed. */
    fluxV1: z.enum(['keep', 'remove']).default('keep'),
    /** Absent: installed with defaults where a configuration is to be applied, and left alone otherwise. */
    extension: ExtensionChange.optional(),
    configurations: z.array(ConfigurationChange).max(CONFIGURATIONS_PER_ROLLOUT_MAX).default([]),
  })
  .superRefine(({ fluxV1, extension, configurations }, ctx) => {
    if (fluxV1 === 'keep' && extension === undefined && configurations.length === 0) {
      ctx.addIssue({
        code: 'custom',
        message: 'names nothing to do: give configurations, extension or fluxV1: remove',
      });
    }
    if (extension?.action === 'remove' && configurations.some(({ action }) => action !== 'remove')) {
      const message = 'removes the extension, which the configurations need; only action: remove may stand beside it';
      ctx.addIssue({ code: 'custom', path: ['extension'], message });
    }
    configurations.forEach(({ name }, index) => {
      if (configurations.findIndex((other) => other.name === name) < index) {
        ctx.addIssue({
          code: 'custom',
          path: ['configurations', index, 'name'],
          message: `'${name}' is changed twice`,
        });
      }
    });
  });
export type Change = z.infer<typeof Change>;
