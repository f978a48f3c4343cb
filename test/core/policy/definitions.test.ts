import { describe, expect, it, test } from 'vitest';
import { meetsExistence } from '../../../src/core/policy/existence.ts';
import { policyDesired } from '../../../src/core/policy/desired.ts';
import { isFluxDefinition } from '../../../src/core/policy/flux-definitions.ts';
import { effectiveParameters } from '../../../src/core/policy/parameters.ts';
import { asRecord, builtIns, evaluate, FOLDER, type BuiltIn } from './support/built-in.ts';
import { assignment, CLUSTER } from './support/records.ts';

type Json = Record<string, unknown>;

const DEFINITIONS = builtIns();
const isMissing = DEFINITIONS.length === 0;
const SUBJECT = isMissing ? `no definitions under ${FOLDER}, nothing to compare with` : 'the published definitions';

/** A value of its type for every parameter, none of them the default. */
function everything({ parameters }: BuiltIn): Json {
  const values = Object.entries(parameters).map(([name, { type, defaultValue }], index): [string, unknown] => {
    if (name === 'effect') return [name, 'DeployIfNotExists'];
    if (type.toLowerCase() === 'integer') return [name, 700 + index];
    if (type.toLowerCase() === 'boolean') return [name, defaultValue !== true];
    return [name, `value-${name}`];
  });
  return Object.fromEntries(values);
}

/** Values for what has no default, and no others. */
function onlyRequired(definition: BuiltIn): Json {
  const required = Object.entries(definition.parameters).filter(([, { defaultValue }]) => defaultValue === undefined);
  return Object.fromEntries(required.map(([name]) => [name, `value-${name}`]));
}

describe.skipIf(isMissing)(SUBJECT, () => {
  it('are eight, and all of them are known', () => {
    expect(DEFINITIONS.map(({ id }) => isFluxDefinition(id))).toEqual(Array(8).fill(true));
  });

  describe.each(DEFINITIONS.map((definition) => [definition.displayName, definition] as const))(
    '%s',
    (_, definition) => {
      const record = asRecord(definition);
      const withParameters = (parameters: Json): Json =>
        effectiveParameters(record, undefined, assignment({ definitionId: definition.id, parameters }), CLUSTER);

      it('is about the types of clusters that are asked', () => {
        expect(definition.types).toEqual([
          'Microsoft.Kubernetes/connectedClusters',
          'Microsoft.ContainerService/managedClusters',
        ]);
      });

      test.each([
        ['its defaults', onlyRequired],
        ['every parameter set', everything],
        [
          'every parameter set, its name in capitals',
          (one: BuiltIn) => renamed(everything(one), (name) => name.toUpperCase()),
        ],
        ['an upgrade that is off', (one: BuiltIn) => ({ ...everything(one), autoUpgradeMinorVersion: false })],
        ['upgrades beside a version', (one: BuiltIn) => ({ ...everything(one), autoUpgradeMinorVersion: true })],
      ])('deploys what its template does, with %s', (_case, choose) => {
        const given = choose(definition);
        const desired = policyDesired(definition.id, withParameters(given));
        const templates = definition.deployed({
          ...renamed(record.parameterDefaults, lower),
          ...renamed(given, lower),
        });
        expect(templates.length).toBeGreaterThan(0);
        for (const { name, type, properties } of templates) {
          const kind = type.endsWith('/extensions') ? 'extension' : 'configuration';
          expect(desired).toEqual({ kind, name, effect: 'DeployIfNotExists', properties });
        }
      });

      it('is met by what it deploys itself', () => {
        const parameters = withParameters({ ...everything(definition), autoUpgradeMinorVersion: false });
        const desired = policyDesired(definition.id, parameters)!;
        const [deployed] = definition.deployed(parameters);
        expect(meetsExistence(definition.id, desired, deployed!.properties)).toBe(true);
      });

      it('compares in its existence condition what is compared here', () => {
        const parameters = withParameters({ ...everything(definition), autoUpgradeMinorVersion: false });
        const desired = policyDesired(definition.id, parameters)!;
        const [deployed] = definition.deployed(parameters);
        const resource: Json = { provisioningState: 'Succeeded', ...deployed!.properties };
        const spoilt = [...leaves(resource)].map((path) => [path.join('.'), spoil(resource, path)] as const);
        expect(spoilt.length).toBeGreaterThan(5);
        for (const [path, other] of spoilt) {
          const met = holds(evaluate(definition.existence, parameters), other);
          expect([path, meetsExistence(definition.id, desired, other)]).toEqual([path, met]);
        }
      });

      it.each(Object.keys(onlyRequired(definition)).filter((name) => !/keyvault/i.test(name)))(
        'without %s is unreadable, or leaves it out as the template does',
        (name) => {
          const { [name]: _absent, ...rest } = onlyRequired(definition);
          const desired = policyDesired(definition.id, withParameters(rest));
          if (desired?.kind === 'unreadable') return expect(desired.problem).toContain(`'${name}'`);
          const [template] = definition.deployed({ ...record.parameterDefaults, ...rest, [name]: '' });
          expect(emptied(desired)).toMatchObject({ properties: emptied(template!.properties) as Json });
        },
      );
    },
  );
});

function renamed(parameters: Json, rename: (name: string) => string): Json {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [rename(name), value]));
}

function lower(name: string): string {
  return name.toLowerCase();
}

/** Some templates send an empty text, others null. */
function emptied(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_key, inner: unknown) => (inner === '' ? null : inner)));
}

function* leaves(json: Json, path: string[] = []): Generator<string[]> {
  for (const [key, value] of Object.entries(json)) {
    if (typeof value === 'object' && value !== null) yield* leaves(value as Json, [...path, key]);
    else yield [...path, key];
  }
}

/** The same resource with another value in one place. All refs lose theirs together: one of them suffices. */
function spoil(json: Json, [key, ...rest]: readonly string[]): Json {
  if (key === 'repositoryRef') return { ...json, repositoryRef: { branch: 'other' } };
  if (key === 'provisioningState') return { ...json, provisioningState: 'Failed' };
  const value = json[key!];
  const other = typeof value === 'boolean' ? !value : typeof value === 'number' ? value + 1 : `other-${String(value)}`;
  return { ...json, [key!]: rest.length === 0 ? other : spoil(value as Json, rest) };
}

interface Condition {
  readonly allOf?: readonly Condition[];
  readonly anyOf?: readonly Condition[];
  readonly field?: string;
  readonly equals?: unknown;
  readonly notEquals?: unknown;
}

/** The published condition itself, on a resource. */
function holds(condition: unknown, resource: Json): boolean {
  const { allOf, anyOf, field, equals, notEquals } = condition as Condition;
  if (allOf !== undefined) return allOf.every((each) => holds(each, resource));
  if (anyOf !== undefined) return anyOf.some((each) => holds(each, resource));
  const path = field!.split('/').at(-1)!.replace('httpsCAFile', 'httpsCACert').split('.');
  const value = path.reduce<unknown>((inner, key) => (inner as Json | undefined)?.[key], resource);
  const text = (one: unknown): string => (one === undefined || one === null ? '' : JSON.stringify(one).toLowerCase());
  if (notEquals !== undefined) return text(value) !== text(notEquals);
  // The extension compares a flag with a text.
  return text(value) === text(equals) || text(value) === equals;
}
