import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FLUX_DEFINITIONS } from '../../../../local/azure/policy/flux-definitions.ts';
import { bench } from '../support.ts';
import { BASELINE, NOT_FLUX, PUBLIC_GIT } from './support.ts';

/** The published definitions lie beside the repository; without them there is nothing to compare with. */
const PUBLISHED = resolve(
  import.meta.dirname,
  '../../../../../shared/specs/azure-policy/built-in-policies/policyDefinitions/Kubernetes',
);
const isMissing = !existsSync(PUBLISHED);
const SUBJECT = isMissing ? `no definitions under ${PUBLISHED}, nothing to compare with` : 'the eight are as published';

interface Published {
  readonly name: string;
  readonly properties: {
    readonly displayName: string;
    readonly version: string;
    readonly parameters: Record<string, { type: string; defaultValue?: unknown; allowedValues?: string[] }>;
    readonly policyRule: { readonly then: { readonly details: { readonly existenceCondition: unknown } } };
  };
}

describe.skipIf(isMissing)(SUBJECT, () => {
  const published = isMissing ? [] : readdirSync(PUBLISHED).map(read);

  it('none is missing', () => {
    expect(published.map(({ name }) => name).sort()).toEqual(FLUX_DEFINITIONS.map(({ name }) => name).sort());
  });

  it.each(FLUX_DEFINITIONS)('$displayName', ({ name, displayName, version, parameters, demand }) => {
    const { properties } = published.find((each) => each.name === name)!;
    expect([displayName, version]).toEqual([properties.displayName, properties.version]);
    const wanted = Object.entries(properties.parameters).map(([key, { type, defaultValue, allowedValues }]) => [
      key,
      { type, ...(defaultValue !== undefined && { defaultValue }), ...(allowedValues && { allowedValues }) },
    ]);
    expect(parameters).toEqual(Object.fromEntries(wanted));
    if (demand.kind !== 'configuration') return;
    const compared = comparisons(properties.policyRule.then.details.existenceCondition);
    const own = Object.entries(demand.equals).map(([path, parameter]) => `${path}=${parameter.toLowerCase()}`);
    expect(own.sort()).toEqual(compared.sort());
  });
});

describe('definitions over ARM', () => {
  it('a definition with its parameters, by id in any casing', async () => {
    const { call } = await bench();
    const id = `/providers/microsoft.authorization/policydefinitions/${PUBLIC_GIT}`;
    const { status, body } = await call('GET', id);
    expect([status, body.name, body.id.toLowerCase()]).toEqual([200, PUBLIC_GIT, id]);
    expect(body.properties).toMatchObject({
      policyType: 'BuiltIn',
      parameters: { configurationName: { type: 'string' }, repositoryTimeout: { type: 'integer', defaultValue: 600 } },
    });
  });

  it('an initiative with what it passes on', async () => {
    const { call } = await bench();
    const { body } = await call('GET', `/providers/Microsoft.Authorization/policySetDefinitions/${BASELINE}`);
    expect(body.properties).toMatchObject({
      policyDefinitions: [
        { policyDefinitionReferenceId: 'fluxExtension' },
        {
          policyDefinitionReferenceId: 'fluxBaseline',
          parameters: { repositoryUrl: { value: "[parameters('baselineUrl')]" } },
        },
      ],
    });
  });

  it.each([
    [`/providers/Microsoft.Authorization/policyDefinitions/${BASELINE}`, 'PolicyDefinitionNotFound'],
    [`/providers/Microsoft.Authorization/policySetDefinitions/${NOT_FLUX}`, 'PolicySetDefinitionNotFound'],
    [`/subscriptions/x/providers/Microsoft.Authorization/policyDefinitions/${PUBLIC_GIT}`, 'PolicyDefinitionNotFound'],
  ])('%s is not there', async (path, code) => {
    const { call } = await bench();
    const { status, body } = await call('GET', path);
    expect([status, body.error.code]).toEqual([404, code]);
  });
});

function read(file: string): Published {
  return JSON.parse(readFileSync(join(PUBLISHED, file), 'utf8')) as Published;
}

/** `path=parameter` of every comparison that all have to hold; those of which any is enough are left out. */
function comparisons(condition: unknown): string[] {
  const { allOf } = condition as { allOf: { field?: string; equals?: string }[] };
  return allOf.flatMap(({ field, equals }) => {
    const parameter = /^\[parameters\('(\w+)'\)\]$/.exec(equals ?? '')?.[1];
    const path = field?.split('/').slice(2).join('/');
    return parameter === undefined || path === undefined ? [] : [`${path}=${parameter.toLowerCase()}`];
  });
}
