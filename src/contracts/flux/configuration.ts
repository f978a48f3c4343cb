import { z } from 'zod';
import { FluxDuration } from '../duration.ts';
import { KUSTOMIZATIONS_MAX } from '../limits.ts';
import { Kustomization } from './kustomization.ts';
import { Namespace, ResourceName } from './names.ts';

/** What Flux follows. `commit` needs no branch here; the service wants one with it, so `branch` is asked for. */
const RepositoryRef = z
  .strictObject({
    branch: z.string().min(1).max(250).optional(),
    tag: z.string().min(1).max(250).optional(),
    semver: z.string().min(1).max(250).optional(),
    commit: z
      .string()
      .regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, 'must be a full commit SHA: 40 (or 64) lower-case hexadecimal digits')
      .optional(),
  })
  .superRefine((ref, ctx) => {
    const problem = refProblem(ref);
    if (problem !== undefined) ctx.addIssue({ code: 'custom', message: problem });
  });

function refProblem(ref: { branch?: string; tag?: string; semver?: string; commit?: string }): string | undefined {
  const moving = [ref.branch, ref.tag, ref.semver].filter((value) => value !== undefined).length;
  if (moving > 1) return 'names more than one of branch, tag and semver; keep one';
  if (ref.commit !== undefined && ref.branch === undefined) return 'commit needs the branch it is on beside it';
  if (moving === 0) return 'names no branch, tag, semver or commit; name one';
  return undefined;
}

/** Public repository over HTTP(S). User info in the URL would be a literal secret (law 9). */
const RepositoryUrl = z
  .string()
  .max(2048)
  .regex(/^https?:\/\/[^\s/?#]+\/[^\s?#]+$/, 'must be an https:// or http:// repository URL')
  .refine((url) => !/^https?:\/\/[^/]*@/.test(url), {
    message: 'carries user info; a secret must never stand in a request: use a public repository URL',
  });

/** A Git source, as the `gitRepository` block of the REST resource. */
export const GitRepository = z.strictObject({
  url: RepositoryUrl,
  repositoryRef: RepositoryRef,
  timeout: FluxDuration.default(600),
  syncInterval: FluxDuration.default(600),
});

/** One `fluxConfigurations` resource as a rollout wants it on every cluster. */
export const Configuration = z
  .strictObject({
    action: z.literal('apply').default('apply'),
    name: ResourceName,
    /**
     * Scope and namespace are fixed when a configuration is created. With `replace` a configuration that has others is removed, with
     * everything that it prunes, and created anew; without it the cluster fails.
     */
    replace: z.boolean().default(false),
    namespace: Namespace.default('default'),
    scope: z.enum(['cluster', 'namespace']).default('cluster'),
    suspend: z.boolean().default(false),
    sourceKind: z.literal('GitRepository'),
    gitRepository: GitRepository,
    kustomizations: z.record(ResourceName, Kustomization),
  })
  .superRefine(({ kustomizations }, ctx) => {
    for (const { path, message } of kustomizationProblems(kustomizations)) {
      ctx.addIssue({ code: 'custom', path: ['kustomizations', ...path], message });
    }
  });
export type Configuration = z.infer<typeof Configuration>;

function kustomizationProblems(all: Record<string, Kustomization>): { path: string[]; message: string }[] {
  const names = Object.keys(all);
  if (names.length === 0) return [{ path: [], message: 'needs at least one kustomization' }];
  if (names.length > KUSTOMIZATIONS_MAX) {
    return [{ path: [], message: `has ${names.length} kustomizations; at most ${KUSTOMIZATIONS_MAX} are allowed` }];
  }
  const unknown = names.flatMap((name) =>
    (all[name]?.dependsOn ?? [])
      .filter((target) => !names.includes(target))
      .map((target) => ({ path: [name, 'dependsOn'], message: `names '${target}', which is no kustomization here` })),
  );
  if (unknown.length > 0) return unknown;
  const cycle = findCycle(all);
  return cycle === undefined
    ? []
    : [{ path: [cycle[0] ?? '', 'dependsOn'], message: `closes a circle: ${cycle.join(' → ')}` }];
}

function findCycle(all: Record<string, Kustomization>): string[] | undefined {
  const done = new Set<string>();
  const walk = (name: string, trail: readonly string[]): string[] | undefined => {
    if (trail.includes(name)) return [...trail.slice(trail.indexOf(name)), name];
    if (done.has(name)) return undefined;
    for (const target of all[name]?.dependsOn ?? []) {
      const cycle = walk(target, [...trail, name]);
      if (cycle !== undefined) return cycle;
    }
    done.add(name);
    return undefined;
  };
  for (const name of Object.keys(all)) {
    const cycle = walk(name, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
