import type { PlannedResource, PresentConfiguration } from './arbitrate.ts';

/**
 * The configurations that will stand beside one that a rollout is about: what the rollout leaves under other names, and of what is
 * there now all that it does not touch.
 */
export function standingBeside(
  { name }: Pick<PlannedResource, 'name'>,
  planned: readonly PlannedResource[],
  present: readonly PresentConfiguration[],
): PresentConfiguration[] {
  const ofPlan = planned.filter(({ kind }) => kind === 'configuration');
  const left = ofPlan.flatMap(({ name: other, properties }) =>
    properties === undefined ? [] : [{ name: other, properties }],
  );
  const untouched = present.filter((there) => !ofPlan.some((one) => isSameName(one.name, there.name)));
  return [...left, ...untouched].filter((other) => !isSameName(other.name, name));
}

function isSameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
