import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { PolicyDefinition } from '../../../../src/core/policy/records.ts';

type Json = Record<string, unknown>;

/** The published definitions lie beside the repository; without them there is nothing to compare with. */
export const FOLDER = resolve(
  import.meta.dirname,
  '../../../../../shared/specs/azure-policy/built-in-policies/policyDefinitions/Kubernetes',
);

export interface BuiltIn {
  readonly id: string;
  readonly displayName: string;
  readonly parameters: Readonly<Record<string, { readonly type: string; readonly defaultValue?: unknown }>>;
  readonly types: readonly string[];
  readonly existence: unknown;
  /** What the template would send with these parameters, by evaluating it; a Key Vault secret is an empty text. */
  deployed(parameters: Json): { readonly name: string; readonly type: string; readonly properties: Json }[];
}

/** The eight definitions as Azure publishes them. */
export function builtIns(): BuiltIn[] {
  if (!existsSync(FOLDER)) return [];
  return readdirSync(FOLDER).map((file) => read(JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Published));
}

/** The definition as the port tells it. */
export function asRecord({ id, displayName, parameters }: BuiltIn): PolicyDefinition {
  const defaults = Object.entries(parameters).flatMap(([name, { defaultValue }]) =>
    defaultValue === undefined ? [] : [[name, defaultValue] as const],
  );
  return { id, displayName, parameterDefaults: Object.fromEntries(defaults) };
}

interface Published {
  readonly id: string;
  readonly properties: {
    readonly displayName: string;
    readonly parameters: BuiltIn['parameters'];
    readonly policyRule: {
      readonly if: { readonly in: string[] };
      readonly then: {
        readonly details: {
          readonly existenceCondition: unknown;
          readonly deployment: {
            readonly properties: {
              readonly parameters: Readonly<Record<string, { readonly value?: unknown }>>;
              readonly template: {
                readonly resources: readonly {
                  readonly name: string;
                  readonly type: string;
                  readonly properties: Json;
                }[];
              };
            };
          };
        };
      };
    };
  };
}

function read({ id, properties: { displayName, parameters, policyRule } }: Published): BuiltIn {
  const { existenceCondition: existence, deployment } = policyRule.then.details;
  const { parameters: passed, template } = deployment.properties;
  return {
    ...{ id, displayName, parameters, types: policyRule.if.in, existence },
    deployed: (given) => {
      const inner = Object.fromEntries(
        Object.entries(passed).map(([name, { value }]) => [name, value === undefined ? '' : evaluate(value, given)]),
      );
      return template.resources.map(({ name, type, properties }) => ({
        name: evaluate(name, inner) as string,
        type,
        properties: evaluate(properties, inner) as Json,
      }));
    },
  };
}

/** The few template functions that the definitions use; any other one fails the test. */
export function evaluate(value: unknown, parameters: Json): unknown {
  if (Array.isArray(value)) return value.map((each) => evaluate(each, parameters));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [evaluate(key, parameters), evaluate(inner, parameters)]),
    );
  }
  if (typeof value !== 'string' || !value.startsWith('[')) return value;
  const tokens = value.slice(1, -1).match(/'[^']*'|[A-Za-z]+|[(),]/g) ?? [];
  const result = call(tokens, parameters);
  if (tokens.length > 0) throw new Error(`cannot evaluate ${value}`);
  return result;
}

function call(tokens: string[], parameters: Json): unknown {
  const head = tokens.shift()!;
  if (head.startsWith("'")) return head.slice(1, -1);
  const values: unknown[] = [];
  if (tokens.shift() !== '(') throw new Error(`${head} is no function`);
  while (tokens[0] !== ')') {
    values.push(call(tokens, parameters));
    if (tokens[0] === ',') tokens.shift();
  }
  tokens.shift();
  const [first, second, third] = values;
  switch (head) {
    case 'parameters': {
      const name = Object.keys(parameters).find((key) => key.toLowerCase() === String(first).toLowerCase());
      if (name === undefined) throw new Error(`no parameter ${String(first)}`);
      return parameters[name];
    }
    case 'field':
      return `(field ${String(first)})`;
    case 'if':
      return first === true ? second : third;
    case 'not':
      return first !== true;
    case 'and':
      return values.every((each) => each === true);
    case 'empty':
      return first === '';
    case 'json':
      return JSON.parse(String(first));
    default:
      throw new Error(`no function ${head}`);
  }
}
