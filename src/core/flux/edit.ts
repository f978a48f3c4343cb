import type { EditConfiguration } from '../../contracts/flux/change.ts';
import { dependencyProblems } from '../../contracts/flux/dependencies.ts';
import { Kustomization, type KustomizationEdit } from '../../contracts/flux/kustomization.ts';
import { SOURCE_BLOCKS } from '../../contracts/flux/source-kinds.ts';
import { KUSTOMIZATIONS_MAX } from '../../contracts/limits.ts';
import { substitute } from './cluster-values.ts';
import { desiredKustomization, desiredPostBuild } from './desired.ts';
import { defined, isJson, propertiesOf, type Json } from './json.ts';
import { applyPatch, mergePatch } from './merge-patch.ts';
import { kustomizationsOf } from './patch.ts';
import { kindOf, sendableBlock } from './present-source.ts';

type Values = Readonly<Record<string, string>>;

/** What a configuration is to look like, or why it cannot. */
export type Edited = { readonly ok: true; readonly desired: Json } | { readonly ok: false; readonly problem: string };

/** The PATCH that carries an edit out. What the edit does not name is not in it, secrets least of all. */
export function editBody(edit: EditConfiguration, values: Values, present: Json): Json {
  const there = kustomizationsOf(propertiesOf(present));
  const kustomizations = Object.entries(edit.kustomizations).flatMap(([name, change]): [string, unknown][] => {
    const before = there[name];
    if (change === null) return before === undefined ? [] : [[name, null]];
    return [[name, before === undefined ? newKustomization(change, values) : changedFields(change, values, before)]];
  });
  return { properties: { ...unchangedSource(present), kustomizations: Object.fromEntries(kustomizations) } };
}

/** The configuration after an edit. The result is checked as a whole: every dependency is there, and none closes a circle. */
export function editedConfiguration(edit: EditConfiguration, values: Values, present: Json): Edited {
  const desired = applyPatch(present, editBody(edit, values, present));
  const problem = kustomizationsProblem(kustomizationsOf(propertiesOf(desired)));
  return problem === undefined ? { ok: true, desired } : { ok: false, problem };
}

/** The PATCH that stops or starts reconciliation. */
export function suspendBody(present: Json, suspend: boolean): Json {
  return { properties: { ...unchangedSource(present), suspend } };
}

/** The configuration after it was suspended or resumed. */
export function suspendedConfiguration(present: Json, suspend: boolean): Json {
  return { ...present, properties: { ...propertiesOf(present), suspend } };
}

/** Some services refuse a PATCH that does not name the source; secrets in it would be overwritten by what Azure shows of them. */
function unchangedSource(present: Json): Json {
  const properties = propertiesOf(present);
  const kind = kindOf(properties);
  return kind === undefined ? {} : { sourceKind: kind, [SOURCE_BLOCKS[kind]]: sendableBlock(properties, kind) };
}

function newKustomization({ retryInterval, postBuild, ...edit }: KustomizationEdit, values: Values): Json {
  const given = { ...edit, ...(retryInterval !== null && { retryInterval }), ...(postBuild !== null && { postBuild }) };
  return desiredKustomization(Kustomization.parse(given), values);
}

function changedFields(edit: KustomizationEdit, values: Values, before: Json): Json {
  const { path, dependsOn, timeout, syncInterval, retryInterval, prune, force, wait, postBuild } = edit;
  return defined({
    path: path === undefined ? undefined : substitute(path, values),
    dependsOn,
    timeoutInSeconds: timeout,
    syncIntervalInSeconds: syncInterval,
    retryIntervalInSeconds: retryInterval,
    prune,
    force,
    wait,
    postBuild:
      postBuild && mergePatch(isJson(before.postBuild) ? before.postBuild : {}, desiredPostBuild(postBuild, values)),
  });
}

function kustomizationsProblem(all: Readonly<Record<string, Json>>): string | undefined {
  const count = Object.keys(all).length;
  if (count === 0)
    return 'The edit would leave the configuration without a kustomization; remove the configuration instead.';
  if (count > KUSTOMIZATIONS_MAX) {
    return `The configuration would have ${count} kustomizations; at most ${KUSTOMIZATIONS_MAX} are allowed.`;
  }
  const [problem] = dependencyProblems(all);
  return problem === undefined
    ? undefined
    : `After the edit, dependsOn of kustomization ${problem.path[0] ?? ''} ${problem.message}.`;
}
