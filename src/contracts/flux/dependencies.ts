import type { FieldProblem } from './field-problems.ts';
import { ResourceName } from './names.ts';

/** Kustomizations by name, as far as they were read: what is no list of names is told of elsewhere. */
export type Dependencies = Readonly<Record<string, { readonly dependsOn?: unknown } | undefined>>;

/** Targets that are not there, and the first circle; paths are within the map of kustomizations. */
export function dependencyProblems(all: Dependencies): FieldProblem[] {
  const names = new Set(Object.keys(all));
  const unknown = Object.keys(all).flatMap((name) =>
    targetsOf(all, name)
      // A target that is no name at all is told of by its own field.
      .filter((target) => !names.has(target) && ResourceName.safeParse(target).success)
      .map((target) => ({ path: [name, 'dependsOn'], message: `names '${target}', which is no kustomization here` })),
  );
  const circle = findCircle(all);
  if (circle === undefined) return unknown;
  return [...unknown, { path: [circle[0] ?? '', 'dependsOn'], message: `closes a circle: ${circle.join(' → ')}` }];
}

function findCircle(all: Dependencies): string[] | undefined {
  const done = new Set<string>();
  const walk = (name: string, trail: readonly string[]): string[] | undefined => {
    if (trail.includes(name)) return [...trail.slice(trail.indexOf(name)), name];
    if (done.has(name)) return undefined;
    for (const target of targetsOf(all, name)) {
      const circle = walk(target, [...trail, name]);
      if (circle !== undefined) return circle;
    }
    done.add(name);
    return undefined;
  };
  for (const name of Object.keys(all)) {
    const circle = walk(name, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

function targetsOf(all: Dependencies, name: string): string[] {
  const targets = all[name]?.dependsOn;
  return Array.isArray(targets) ? targets.filter((target) => typeof target === 'string') : [];
}
