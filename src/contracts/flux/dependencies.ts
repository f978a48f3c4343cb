import type { FieldProblem } from './field-problems.ts';

/** What the order of kustomizations is told from. */
export type Dependencies = Readonly<Record<string, { readonly dependsOn?: readonly string[] }>>;

/** Targets that are not there, and the first circle; paths are within the map of kustomizations. */
export function dependencyProblems(all: Dependencies): FieldProblem[] {
  const names = new Set(Object.keys(all));
  const unknown = Object.entries(all).flatMap(([name, { dependsOn = [] }]) =>
    dependsOn
      .filter((target) => !names.has(target))
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
    for (const target of all[name]?.dependsOn ?? []) {
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
