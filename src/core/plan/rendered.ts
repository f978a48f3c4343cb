import type { Cluster } from '../../contracts/cluster.ts';
import type { Problem } from '../../contracts/errors.ts';
import type { Change, ConfigurationChange } from '../../contracts/flux/change.ts';
import type { Configuration } from '../../contracts/flux/configuration.ts';
import { Namespace } from '../../contracts/flux/names.ts';
import { findExpressions, substitute } from '../flux/cluster-values.ts';
import { firstTen } from './finding.ts';

/** Says what is wrong with a text once the values are in; undefined when nothing is. */
type Check = (rendered: string, template: string) => string | undefined;

/** A text with expressions whose result has to be something. */
interface CheckedText {
  readonly field: string;
  readonly code: string;
  readonly template: string;
  readonly check: Check;
}

const REF_LENGTH_MAX = 250;
const PATH_LENGTH_MAX = 1024;

/**
 * What a value makes of namespaces, refs and paths is checked on every cluster: the contract could only see the template.
 * Texts without expressions are left to the contract.
 */
export function renderedProblems(
  change: Change,
  selected: readonly Cluster[],
  valuesOf: (cluster: Cluster) => Readonly<Record<string, string>>,
): Problem[] {
  const texts = change.configurations
    .flatMap((configuration, index) => checkedTexts(configuration, `change.configurations[${index}]`))
    .filter(({ template }) => template.includes('${'));
  if (texts.length === 0) return [];
  const bad = new Map<CheckedText, { rendered: string; reason: string; clusterIds: string[] }>();
  for (const cluster of selected) {
    const values = valuesOf(cluster);
    for (const text of texts) {
      const rendered = substitute(text.template, values);
      const reason = text.check(rendered, text.template);
      if (reason === undefined) continue;
      const known = bad.get(text);
      if (known === undefined) bad.set(text, { rendered, reason, clusterIds: [cluster.id] });
      else known.clusterIds.push(cluster.id);
    }
  }
  return [...bad].map(([{ field, code, template }, { rendered, reason, clusterIds }]) => ({
    field,
    code,
    detail: `${template} cannot stand here on ${clusterIds.length} clusters: on the first it becomes '${rendered}', which ${reason}. Correct the values of ${firstTen(clusterIds)}.`,
  }));
}

function checkedTexts(change: ConfigurationChange, field: string): CheckedText[] {
  switch (change.action) {
    case 'apply':
      return [
        { field: `${field}.namespace`, code: 'InvalidNamespace', template: change.namespace, check: namespaceProblem },
        ...refTexts(change, field),
        ...pathTexts(change.kustomizations, field),
      ];
    case 'edit':
      return pathTexts(change.kustomizations, field);
    case 'suspend':
    case 'resume':
    case 'remove':
      return [];
  }
}

function refTexts({ gitRepository, ociRepository }: Configuration, field: string): CheckedText[] {
  const refs = [
    ...refsOf(`${field}.gitRepository`, gitRepository?.repositoryRef),
    ...refsOf(`${field}.ociRepository`, ociRepository?.repositoryRef),
  ];
  // A range such as `>=1.0.0 <2.0.0` needs its blanks.
  return refs.map((ref) => ({
    ...ref,
    code: 'InvalidRef',
    check: ref.field.endsWith('.semver') ? rangeProblem : refProblem,
  }));
}

function refsOf(
  block: string,
  ref: Readonly<Record<string, string | undefined>> | undefined,
): { field: string; template: string }[] {
  return Object.entries(ref ?? {}).flatMap(([key, template]) =>
    template === undefined ? [] : [{ field: `${block}.repositoryRef.${key}`, template }],
  );
}

function pathTexts(
  kustomizations: Readonly<Record<string, { readonly path?: string | undefined } | null>>,
  field: string,
): CheckedText[] {
  return Object.entries(kustomizations).flatMap(([name, kustomization]) =>
    kustomization?.path === undefined
      ? []
      : [
          {
            field: `${field}.kustomizations.${name}.path`,
            code: 'InvalidPath',
            template: kustomization.path,
            check: pathProblem,
          },
        ],
  );
}

function namespaceProblem(rendered: string): string | undefined {
  return Namespace.safeParse(rendered).success
    ? undefined
    : 'is no namespace: at most 63 lower-case letters, digits and -, with a letter or digit at both ends';
}

function refProblem(rendered: string): string | undefined {
  if (/\s/u.test(rendered)) return 'holds a blank';
  return rangeProblem(rendered);
}

function rangeProblem(rendered: string): string | undefined {
  if (rendered === '') return 'is empty';
  if (rendered.length > REF_LENGTH_MAX) return `has more than ${REF_LENGTH_MAX} characters`;
  return /\p{Cc}/u.test(rendered) ? 'holds a control character' : undefined;
}

/** A value must not lead out of the folder that the plan names, neither by `..` nor by being empty. */
function pathProblem(rendered: string, template: string): string | undefined {
  if (rendered.length > PATH_LENGTH_MAX) return `has more than ${PATH_LENGTH_MAX} characters`;
  if (/\p{Cc}/u.test(rendered)) return 'holds a control character';
  const written = segments(
    substitute(template, Object.fromEntries(findExpressions([template]).map((it) => [it, 'x']))),
  );
  const got = segments(rendered);
  if (countParents(got) > countParents(written)) return "leaves its folder by a '..' that comes from a value";
  if (got.length < written.length)
    return 'lacks a part, since a value is empty, and so names the folder above (./ is the root)';
  return undefined;
}

function segments(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function countParents(path: readonly string[]): number {
  return path.filter((segment) => segment === '..').length;
}
