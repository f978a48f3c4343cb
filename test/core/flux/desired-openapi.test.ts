import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EditConfiguration } from '../../../src/contracts/flux/change.ts';
import { Configuration } from '../../../src/contracts/flux/configuration.ts';
import { EnsureExtension } from '../../../src/contracts/flux/extension.ts';
import type { Json } from '../../../src/core/flux/desired.ts';
import { diffConfiguration } from '../../../src/core/flux/diff.ts';
import { editBody, suspendBody } from '../../../src/core/flux/edit.ts';
import { desiredExtension, extensionPatch } from '../../../src/core/flux/extension-body.ts';
import { patchBody } from '../../../src/core/flux/patch.ts';
import { secretFields, withSecrets } from '../../../src/core/flux/secrets.ts';
import { configurations } from '../../contracts/flux/arbitrary.ts';
import { base64, CERTIFICATE, type Raw } from '../../contracts/flux/raw.ts';
import { EXTENSIONS, FLUX, PREVIEW, readExample, validator, versions } from './openapi.ts';
import { asServiceReturns, desiredOf, properties, VALUES } from './service.ts';

const STABLE = versions(FLUX, 'fluxconfiguration.json', ['2025-04-01']);
/** Knows neither OCI sources nor providers. */
const OLD = versions(FLUX, 'fluxconfiguration.json', ['2023-05-01']);
const EXTENSION = versions(EXTENSIONS, 'extensions.json', ['2025-03-01']);
const isMissing = STABLE.length === 0 || EXTENSION.length === 0;
const SUBJECT = isMissing
  ? `no OpenAPI files under ${FLUX}, nothing to compare with`
  : 'bodies follow the OpenAPI files';

/** The PUT with its secrets. */
function put(raw: unknown): Json {
  return withSecrets(desiredOf(raw), secretFields(Configuration.parse(raw)), () => 'the-secret');
}
const isOld = (raw: Raw): boolean =>
  raw.sourceKind !== 'OCIRepository' && (raw.gitRepository as Raw | undefined)?.provider === undefined;

describe.skipIf(isMissing)(SUBJECT, () => {
  it.each([...STABLE, ...OLD])('PUT of any configuration, $version', ({ version, file }) => {
    const problemsOf = validator(file, 'FluxConfigurationProperties', 'as told');
    fc.assert(
      fc.property(configurations, (raw) => {
        fc.pre(version !== '2023-05-01' || isOld(raw));
        expect(problemsOf(properties(put(raw)))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it.each(STABLE)('PATCH from any configuration to any other, $version', ({ file }) => {
    const problemsOf = validator(file, 'FluxConfigurationPatchProperties', 'anywhere');
    const edit = EditConfiguration.parse({
      action: 'edit',
      name: 'x',
      kustomizations: {
        a: null,
        infra: { prune: true, retryInterval: null, postBuild: null },
        more: { dependsOn: 'x.y' },
      },
    });
    fc.assert(
      fc.property(configurations, configurations, (one, other) => {
        const present = asServiceReturns(put(one));
        for (const body of [
          patchBody(desiredOf(other), present),
          editBody(edit, VALUES, present),
          suspendBody(present, true),
        ])
          expect(problemsOf(properties(body))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it.each(EXTENSION)('PUT and PATCH of an extension, $version', ({ file }) => {
    const extension = EnsureExtension.parse({
      version: '1.24.1',
      releaseTrain: 'Stable',
      configurationSettings: { 'multiTenancy.enforce': false },
      configurationProtectedSettings: { a: 'env:A' },
    });
    const putProblems = validator(file, 'Extension/properties/properties', 'as told');
    const patchProblems = validator(file, 'patchExtension/properties/properties', 'as told');
    for (const each of [
      extension,
      EnsureExtension.parse({}),
      EnsureExtension.parse({ autoUpgradeMinorVersion: true }),
    ]) {
      expect(putProblems(properties(desiredExtension(each, 'managedClusters')))).toEqual([]);
      expect(patchProblems(properties(extensionPatch(each)))).toEqual([]);
    }
  });

  it.each(STABLE)('and the comparison can fail, $version', ({ file }) => {
    const problemsOf = validator(file, 'FluxConfigurationProperties', 'as told');
    const body = {
      suspend: 'no',
      invented: 1,
      statuses: [],
      gitRepository: { url: 1 },
      kustomizations: { a: { prune: null } },
    };
    expect(
      problemsOf(body)
        .map((problem) => problem.split(' ')[0])
        .sort(),
    ).toEqual(['', '/gitRepository/url', '/kustomizations/a/prune', '/statuses', '/suspend']);
  });
});

/** The request of a person who wants what an example of the specification wants. */
function requestOf(example: Raw, block: string, secrets: Raw): Raw {
  const sent = (example.fluxConfiguration as { properties: Raw }).properties;
  const source = { ...(sent[block] as Raw), ...(secrets[block] as Raw | undefined) };
  const kustomizations = Object.entries(sent.kustomizations as Record<string, Raw>).map(
    ([name, each]) => [name, unitless(each)] as const,
  );
  return {
    name: 'srs-fluxconfig',
    ...sent,
    ...secrets,
    [block]: unitless(source),
    kustomizations: Object.fromEntries(kustomizations),
  };
}

function unitless(fields: Raw): Raw {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key.replace(/InSeconds$/, ''), value]));
}

describe.skipIf(isMissing)(isMissing ? SUBJECT : 'examples of the specification', () => {
  const [version = ''] = STABLE.map((each) => each.version);
  const STABLES = [
    { block: 'gitRepository', folder: FLUX, of: version, name: 'CreateFluxConfiguration.json', secrets: {} },
    {
      block: 'gitRepository',
      folder: FLUX,
      of: version,
      name: 'CreateFluxConfigurationWithProvider.json',
      secrets: {},
    },
    {
      block: 'ociRepository',
      folder: FLUX,
      of: version,
      name: 'CreateFluxConfigurationWithOCIRepository.json',
      secrets: {},
    },
  ];
  /** The first shows neither the secret key nor `insecure`, which is then true. */
  const PREVIEWS = versions(PREVIEW, 'fluxconfiguration.json', ['2024-04-01-preview']).flatMap((each) => [
    {
      block: 'bucket',
      folder: PREVIEW,
      of: each.version,
      name: 'CreateFluxConfigurationWithBucket.json',
      secrets: { configurationProtectedSettings: { bucketSecretKey: 'env:KEY' }, bucket: { insecure: true } },
    },
    {
      block: 'azureBlob',
      folder: PREVIEW,
      of: each.version,
      name: 'CreateFluxConfigurationWithAzureBlob',
      secrets: { azureBlob: { accountKey: 'env:KEY' } },
    },
  ]);

  it.each([...STABLES, ...PREVIEWS])(
    '$of $name can be asked for and is sent as it stands there',
    ({ block, folder, of, name, secrets }) => {
      const { parameters } = readExample(folder, of, name) as { parameters: Raw };
      const example = parameters.fluxConfiguration as { properties: Record<string, Raw> };
      // What stands in the examples is no certificate.
      if (example.properties[block]?.httpsCACert !== undefined)
        example.properties[block].httpsCACert = base64(CERTIFICATE);
      const request = requestOf(parameters, block, secrets);
      const body = withSecrets(desiredOf(request), secretFields(Configuration.parse(request)), () => 'testaccountkey');
      expect(properties(body)).toMatchObject(example.properties);
      expect(diffConfiguration(desiredOf(request), example).filter(({ path }) => !/Protected/.test(path))).toEqual([]);
    },
  );

  it.each(['CreateFluxConfiguration.json', 'CreateFluxConfigurationWithOCIRepository.json'])(
    'what the service answers to %s is no difference',
    (name) => {
      const { parameters, responses } = readExample(FLUX, version, name) as {
        parameters: Raw;
        responses: Record<string, { body: { properties: Record<string, Raw> } }>;
      };
      const block = name.includes('OCI') ? 'ociRepository' : 'gitRepository';
      const { body } = responses['201']!;
      for (const each of [body, parameters.fluxConfiguration as typeof body])
        if (each.properties[block]?.httpsCACert !== undefined) each.properties[block].httpsCACert = base64(CERTIFICATE);
      expect(diffConfiguration(desiredOf(requestOf(parameters, block, {})), body)).toEqual([]);
    },
  );

  it('a PATCH of kustomizations is an edit', () => {
    const { parameters: created } = readExample(FLUX, version, 'CreateFluxConfiguration.json') as { parameters: Raw };
    const { parameters: patched } = readExample(FLUX, version, 'PatchFluxConfiguration.json') as { parameters: Raw };
    const wanted = (patched.fluxConfigurationPatch as { properties: { kustomizations: Record<string, Raw | null> } })
      .properties;
    const edits = Object.entries(wanted.kustomizations).map(([name, each]) => [
      name,
      each === null ? null : unitless({ ...each, ...(each.dependsOn === null && { dependsOn: [] }) }),
    ]);
    const edit = EditConfiguration.parse({
      action: 'edit',
      name: 'x',
      kustomizations: Object.fromEntries(edits) as Raw,
    });
    const body = properties(editBody(edit, VALUES, created.fluxConfiguration as Json));
    const { 'srs-kustomization2': second, ...others } = wanted.kustomizations;
    expect(body.kustomizations).toMatchObject({ ...others, 'srs-kustomization2': { ...second, dependsOn: [] } });
  });
});
