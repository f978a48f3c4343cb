import { invalidQuery, unsupported } from './errors.ts';
import { child, type KqlNode } from './kql-parse.ts';
import { TABLES, type TableName } from './tables.ts';

/** Joins of one query (learn.microsoft.com, "Understanding the Azure Resource Graph query language"). */
const JOINS_MAX = 3;
/** Of these, joins with another table (same place). */
const REMOTE_JOINS_MAX = 1;
/** Joins between these two do not count as remote (same place). */
const NEIGHBOURS: ReadonlySet<TableName> = new Set(['resources', 'resourcecontainers']);

/** Refuses what Resource Graph refuses although KQL has it: too many joins. @throws ArmError 400 */
export function checkJoins(query: KqlNode): void {
  const joins = joinsIn(query);
  if (joins.length > JOINS_MAX) throw unsupported(`A query with more than ${JOINS_MAX} joins`);
  const own = tablesIn(query)[0];
  const remote = joins
    .flatMap((join) => tablesIn(child(join, 'Expression')))
    .filter((table) => table !== own && !(own !== undefined && NEIGHBOURS.has(own) && NEIGHBOURS.has(table)));
  if (remote.length > REMOTE_JOINS_MAX) {
    const message = `Only ${REMOTE_JOINS_MAX} join of a query may bring in another table.`;
    throw invalidQuery('DisallowedMaxNumberOfRemoteTables', message);
  }
}

function joinsIn(node: KqlNode): KqlNode[] {
  const below = node.children.flatMap(joinsIn);
  return node.kind === 'JoinOperator' ? [node, ...below] : below;
}

/** The tables that a query names, in the order of its text. */
function tablesIn(node: KqlNode): TableName[] {
  if (node.kind !== 'NameReference') return node.children.flatMap(tablesIn);
  const table = TABLES.find((known) => known === node.text.toLowerCase());
  return table === undefined ? [] : [table];
}
