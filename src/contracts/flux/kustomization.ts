import { z } from 'zod';
import { FluxDuration } from '../duration.ts';
import { BLOCK_ENTRIES_MAX, KUSTOMIZATIONS_MAX } from '../limits.ts';
import { dependencyProblems } from './dependencies.ts';
import { EVEN_WITH_WRONG_FIELDS, report } from './field-problems.ts';
import { ObjectName, ResourceName } from './names.ts';

/**
 * Names of other kustomizations. Also as the text that `--kustomization dependsOn=…` takes: a JSON list, a bracketed or a plain
 * list with commas, or one name.
 */
const DependsOn = z
  .preprocess(
    (input) => (typeof input === 'string' ? listOfNames(input) : input),
    z.array(ResourceName, 'must be a list of names').max(KUSTOMIZATIONS_MAX),
  )
  .refine((names) => new Set(names).size === names.length, { message: 'names a kustomization twice' });

function listOfNames(text: string): string[] {
  const inner = /^\s*\[(.*)\]\s*$/s.exec(text)?.[1] ?? text;
  if (inner.trim() === '') return [];
  return inner.split(',').map((part) =>
    part
      .trim()
      .replace(/^(["'])(.*)\1$/, '$2')
      .trim(),
  );
}

/** Variables that Flux puts into the manifests after the build: `${NAME}` there, its value from here. */
const PostBuild = z.strictObject({
  /** Texts only: quote numbers and booleans. The values may carry `${cluster.…}`; `$${` stands for a literal `${`. */
  substitute: z
    .record(
      z
        .string()
        .max(253)
        .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be letters, digits and _, not beginning with a digit'),
      z.string('must be text: put numbers and booleans in quotes').max(4096),
    )
    .refine((all) => Object.keys(all).length <= BLOCK_ENTRIES_MAX, {
      message: `holds more than ${BLOCK_ENTRIES_MAX} variables`,
    })
    .optional(),
  /** ConfigMaps and Secrets in the namespace of the configuration; later ones win. */
  substituteFrom: z
    .array(
      z.strictObject({ kind: z.enum(['ConfigMap', 'Secret']), name: ObjectName, optional: z.boolean().default(false) }),
    )
    .max(BLOCK_ENTRIES_MAX)
    .optional(),
});

/** One kustomization: a path of the source, reconciled as one unit. Defaults are the service's. */
export const Kustomization = z.strictObject({
  path: z.string().max(1024).default(''),
  dependsOn: DependsOn.default([]),
  timeout: FluxDuration.default(600),
  syncInterval: FluxDuration.default(600),
  /** Absent: the controller retries after `syncInterval`. */
  retryInterval: FluxDuration.optional(),
  /** Deletes what is no longer in the source. */
  prune: z.boolean().default(false),
  /** Creates anew what cannot be patched. */
  force: z.boolean().default(false),
  /** Waits until what was applied is healthy; false is the CLI's `disable-health-check`. */
  wait: z.boolean().default(true),
  postBuild: PostBuild.optional(),
});
export type Kustomization = z.infer<typeof Kustomization>;

/** The kustomizations of one configuration by name; at least one, and each that one depends on. */
export const Kustomizations = z
  .record(ResourceName, Kustomization)
  .superRefine((all, ctx) => {
    if (Object.keys(all).length <= KUSTOMIZATIONS_MAX) report(ctx, dependencyProblems(all));
  }, EVEN_WITH_WRONG_FIELDS)
  .superRefine((all, ctx) => {
    const count = Object.keys(all).length;
    if (count === 0) ctx.addIssue({ code: 'custom', message: 'needs at least one kustomization' });
    if (count <= KUSTOMIZATIONS_MAX) return;
    ctx.addIssue({ code: 'custom', message: `has ${count} kustomizations; at most ${KUSTOMIZATIONS_MAX} are allowed` });
  });

/** Changes of one kustomization: what is not named stays as it is, or is the service's default on a new one. */
export const KustomizationEdit = z.strictObject({
  path: z.string().max(1024).optional(),
  dependsOn: DependsOn.optional(),
  timeout: FluxDuration.optional(),
  syncInterval: FluxDuration.optional(),
  /** `null` takes it away. */
  retryInterval: FluxDuration.nullable().optional(),
  prune: z.boolean().optional(),
  force: z.boolean().optional(),
  wait: z.boolean().optional(),
  /** Replaced as a whole; `null` takes it away. */
  postBuild: PostBuild.nullable().optional(),
});
export type KustomizationEdit = z.infer<typeof KustomizationEdit>;
