import type { Repository } from './repository.ts';

/** Far above what manifests need; a walk that finds more is refused. Ours. */
const OBJECTS_MAX = 200_000;

/**
 * Every object that the tips lead to, the tips themselves included.
 *
 * @param without objects at which the walk turns back
 * @throws when one of them is not in the repository, or there are too many
 */
export async function reachable(
  repository: Repository,
  tips: Iterable<string>,
  without: ReadonlySet<string> = new Set(),
): Promise<Set<string>> {
  const found = new Set<string>();
  const open = [...tips];
  for (let oid = open.pop(); oid !== undefined; oid = open.pop()) {
    if (found.has(oid) || without.has(oid)) continue;
    if (found.size >= OBJECTS_MAX) throw new RangeError(`more than ${OBJECTS_MAX} objects`);
    found.add(oid);
    open.push(...(await repository.references(oid)));
  }
  return found;
}
