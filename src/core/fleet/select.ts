import { clusterKey } from '../../contracts/cluster-id.ts';
import type { Cluster } from '../../contracts/cluster.ts';
import type { Selector, TagCondition } from '../../contracts/selector.ts';
import { compileGlob, isGlob } from './glob.ts';

/** Answers whether a cluster is meant. */
export type ClusterMatcher = (cluster: Cluster) => boolean;

/** Compiles a selector: fields are joined by "and", the entries of one field by "or". An empty selector matches everything. */
export function compileSelector(selector: Selector): ClusterMatcher {
  const tests = [
    oneOf(selector.ids, ({ id }) => clusterKey(id)),
    oneOf(selector.subscriptions, ({ subscriptionId }) => subscriptionId),
    oneOf(selector.resourceGroups, ({ resourceGroup }) => resourceGroup),
    oneOf(selector.types, ({ type }) => type),
    oneOf(selector.locations, ({ location }) => location),
    nameGlobs(selector.names),
    ...Object.entries(selector.tags ?? {}).map(([key, condition]) => tagTest(key, condition)),
  ].filter((test) => test !== undefined);
  return (cluster) => tests.every((test) => test(cluster));
}

function oneOf(wanted: readonly string[] | undefined, read: (cluster: Cluster) => string): ClusterMatcher | undefined {
  if (wanted === undefined) return undefined;
  const set = new Set(wanted.map((value) => value.toLowerCase()));
  return (cluster) => set.has(read(cluster).toLowerCase());
}

function nameGlobs(globs: readonly string[] | undefined): ClusterMatcher | undefined {
  if (globs === undefined) return undefined;
  const literal = new Set(globs.filter((glob) => !isGlob(glob)).map((name) => name.toLowerCase()));
  const matchers = globs.filter(isGlob).map(compileGlob);
  return ({ name }) => literal.has(name.toLowerCase()) || matchers.some((matches) => matches(name));
}

/** Azure compares tag names without case and tag values with case. */
function tagTest(key: string, condition: TagCondition): ClusterMatcher {
  const wantedKey = key.toLowerCase();
  const read = ({ tags }: Cluster): string | undefined =>
    Object.entries(tags).find(([name]) => name.toLowerCase() === wantedKey)?.[1];
  if (typeof condition === 'string') return (cluster) => read(cluster) === condition;
  if (Array.isArray(condition)) {
    const values = new Set(condition);
    return (cluster) => values.has(read(cluster) ?? '\u0000');
  }
  if ('exists' in condition) return (cluster) => (read(cluster) !== undefined) === condition.exists;
  const unwanted = new Set([condition.not].flat());
  return (cluster) => {
    const value = read(cluster);
    return value === undefined || !unwanted.has(value);
  };
}

/** The clusters that `selector` takes and `exclude` does not. */
export function selectClusters(clusters: readonly Cluster[], selector: Selector, exclude?: Selector): Cluster[] {
  const wanted = compileSelector(selector);
  // An empty exclude excludes nothing: as a selector it would match everything.
  const unwanted = exclude && Object.keys(exclude).length > 0 ? compileSelector(exclude) : () => false;
  return clusters.filter((cluster) => wanted(cluster) && !unwanted(cluster));
}
