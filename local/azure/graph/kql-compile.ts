import { invalidQuery, unsupported } from './errors.ts';
import { compileJoin } from './kql-join.ts';
import { child, elements, type KqlNode } from './kql-parse.ts';
import { compileScalar } from './kql-expressions.ts';
import {
  compileDistinct,
  compileExtend,
  compileFilter,
  compileProject,
  compileProjectAway,
  compileSort,
  compileTake,
  compileTop,
} from './kql-operators.ts';
import { compileCount, compileMvExpand, compileSummarize } from './kql-aggregates.ts';
import { checkJoins } from './kql-limits.ts';
import { compileParse } from './kql-match.ts';
import { fieldColumns, type Bindings, type Relation } from './kql-relation.ts';
import { COLUMNS, TABLES } from './tables.ts';

/** Compiles a whole query: `let` statements, then one tabular expression. @throws ArmError 400 */
export function compileQuery(block: KqlNode): Relation {
  checkJoins(block);
  let bindings: Bindings = { relations: new Map(), constants: new Map() };
  let result: Relation | undefined;
  for (const statement of elements(child(block, 'Statements'))) {
    if (statement.kind === 'LetStatement') bindings = bind(statement, bindings);
    else if (statement.kind === 'ExpressionStatement')
      result = compileRelation(child(statement, 'Expression'), bindings);
    else throw unsupported(`The statement '${statement.text}' (${statement.kind})`);
  }
  if (result === undefined) throw invalidQuery('ParserFailure', 'The query is empty.');
  return result;
}

function bind(statement: KqlNode, bindings: Bindings): Bindings {
  const name = child(statement, 'Name').text;
  const value = child(statement, 'Expression');
  const isTabular = value.kind === 'PipeExpression' || isTable(value.text) || bindings.relations.has(value.text);
  if (isTabular) {
    return { ...bindings, relations: new Map(bindings.relations).set(name, compileRelation(value, bindings)) };
  }
  const scalar = compileScalar(value, { columns: new Map(), constants: bindings.constants });
  return { ...bindings, constants: new Map(bindings.constants).set(name, scalar) };
}

function compileRelation(node: KqlNode, bindings: Bindings): Relation {
  switch (node.kind) {
    case 'NameReference':
      return compileTable(node.text, bindings);
    case 'ParenthesizedExpression':
      return compileRelation(child(node, 'Expression'), bindings);
    case 'PipeExpression': {
      const input = compileRelation(child(node, 'Expression'), bindings);
      return compileOperator(child(node, 'Operator'), input, bindings);
    }
    default:
      throw unsupported(`The table expression '${node.text}' (${node.kind})`);
  }
}

/** Table names of Resource Graph have no case. */
function compileTable(name: string, bindings: Bindings): Relation {
  const bound = bindings.relations.get(name);
  if (bound !== undefined) return bound;
  const table = TABLES.find((known) => known === name.toLowerCase());
  if (table === undefined) throw invalidQuery('SemanticError', `Failed to resolve table '${name}'.`);
  return { columns: fieldColumns(COLUMNS), limited: false, table, rows: (source) => source.rows(table) };
}

function isTable(name: string): boolean {
  return TABLES.some((known) => known === name.toLowerCase());
}

function compileOperator(operator: KqlNode, input: Relation, bindings: Bindings): Relation {
  const { constants } = bindings;
  switch (operator.kind) {
    case 'FilterOperator':
      return compileFilter(operator, input, constants);
    case 'ExtendOperator':
      return compileExtend(operator, input, constants);
    case 'ProjectOperator':
      return compileProject(operator, input, constants);
    case 'ProjectAwayOperator':
      return compileProjectAway(operator, input);
    case 'SortOperator':
      return compileSort(operator, input, constants);
    case 'TakeOperator':
      return compileTake(operator, input, constants);
    case 'TopOperator':
      return compileTop(operator, input, constants);
    case 'DistinctOperator':
      return compileDistinct(operator, input, constants);
    case 'CountOperator':
      return compileCount(input);
    case 'SummarizeOperator':
      return compileSummarize(operator, input, constants);
    case 'MvExpandOperator':
      return compileMvExpand(operator, input, constants);
    case 'ParseOperator':
      return compileParse(operator, input, constants);
    case 'JoinOperator':
      return compileJoin(operator, input, compileRelation(child(operator, 'Expression'), bindings));
    default:
      throw unsupported(`The operator '${operator.children[0]?.text ?? operator.kind}'`);
  }
}
