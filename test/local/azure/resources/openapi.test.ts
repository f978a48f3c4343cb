import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { BASELINE, FLEET, governed, MINUTE_MS, PUBLIC_GIT, remediate, statePage, taskPath } from '../policy/support.ts';
import { bench, COMMIT, configurationPath, extensionPath, gitBody, healthy, type Body } from '../support.ts';

/** The published specifications lie beside the repository; without them there is nothing to compare with. */
const SPECS = resolve(import.meta.dirname, '../../../../../shared/specs/specification');
const CONFIGURATION = join(SPECS, 'kubernetesconfiguration/resource-manager/Microsoft.KubernetesConfiguration');
const FLUX = join(CONFIGURATION, 'fluxConfigurations/stable/2025-04-01/fluxconfiguration.json');
const EXTENSIONS = join(CONFIGURATION, 'extensions/stable/2025-03-01/extensions.json');
const CONNECTED = join(
  SPECS,
  'hybridkubernetes/resource-manager/Microsoft.Kubernetes/stable/2024-01-01/connectedClusters.json',
);
const GRAPH = join(
  SPECS,
  'resourcegraph/resource-manager/Microsoft.ResourceGraph/stable/2024-04-01/resourcegraph.json',
);

const INSIGHTS = join(SPECS, 'policyinsights/resource-manager/Microsoft.PolicyInsights/stable/2024-10-01');
const AUTHORIZATION = join(SPECS, 'resources/resource-manager/Microsoft.Authorization/stable');

const isMissing = !existsSync(FLUX);
const SUBJECT = isMissing
  ? `no OpenAPI files under ${SPECS}, nothing to compare with`
  : 'answers follow the OpenAPI files';

describe.skipIf(isMissing)(SUBJECT, () => {
  it('fluxConfigurations: PUT, GET, LIST, operation, error', async () => {
    const { azure, call, clock } = await bench();
    const path = configurationPath(healthy(azure));
    const put = await call('PUT', path, gitBody(COMMIT, { configurationProtectedSettings: { httpsKey: 'eA==' } }));
    expect(problems(FLUX, 'FluxConfiguration', put.body)).toEqual([]);
    clock.advance(60_000);
    expect(problems(FLUX, 'FluxConfiguration', (await call('GET', path)).body)).toEqual([]);
    const list = (await call('GET', path.replace(/\/[^/]+$/, ''))).body;
    expect(list.value).toHaveLength(1);
    expect(problems(FLUX, 'FluxConfigurationsList', list)).toEqual([]);
    const url = new URL(put.headers.get('azure-asyncoperation') ?? '');
    const operation = (await call('GET', `${url.pathname}${url.search}`)).body;
    expect(problems(FLUX, 'OperationStatusResult', operation)).toEqual([]);
    const error = (await call('GET', `${path}x`)).body;
    const common = join(SPECS, 'common-types/resource-management/v3/types.json');
    expect(problems(common, 'ErrorResponse', error)).toEqual([]);
  });

  it('fluxConfigurations: an OCI source with everything in it', async () => {
    const { azure, call } = await bench();
    const ociRepository = {
      url: 'oci://registry.example/org/manifests',
      repositoryRef: { semver: '1.x' },
      layerSelector: { operation: 'copy' },
      verify: {
        provider: 'cosign',
        verificationConfig: { k: 'v' },
        matchOidcIdentity: [{ issuer: 'i', subject: 's' }],
      },
      tlsConfig: { caCertificate: 'eA==' },
    };
    const properties = { sourceKind: 'OCIRepository', ociRepository, kustomizations: { k: {} } };
    const { body } = await call('PUT', configurationPath(healthy(azure)), { properties });
    expect(problems(FLUX, 'FluxConfiguration', body)).toEqual([]);
  });

  it('extensions: GET of an installed and of a failed one', async () => {
    const { azure, call, clock } = await bench();
    expect(problems(EXTENSIONS, 'Extension', (await call('GET', extensionPath(healthy(azure)))).body)).toEqual([]);
    const path = extensionPath(healthy(azure, false));
    await call('PUT', path, { properties: { extensionType: 'microsoft.flux', version: '0.0.1' } });
    clock.advance(110_000);
    expect(problems(EXTENSIONS, 'Extension', (await call('GET', path)).body)).toEqual([]);
  });

  it('connectedClusters', async () => {
    const { azure, call } = await bench();
    const { body } = await call('GET', healthy(azure, true, 'Microsoft.Kubernetes').id);
    expect(problems(CONNECTED, 'ConnectedCluster', body)).toEqual([]);
  });

  it('Resource Graph', async () => {
    const { call } = await bench();
    const { body } = await call('POST', '/providers/Microsoft.ResourceGraph/resources', { query: 'resources' });
    // The schema calls `data` an object, its own examples show the list that the service sends.
    expect(problems(GRAPH, 'QueryResponse', body)).toEqual(['/data must be object,null']);
  });

  it('Microsoft.Authorization', async () => {
    const { at, assignment } = await governed({ notScopes: [FLEET] });
    const { body } = await at.call('GET', assignment.id);
    expect(
      problems(join(AUTHORIZATION, '2024-05-01/policyAssignments.json'), 'PolicyAssignment', withoutValues(body)),
    ).toEqual([]);
    const definition = await at.call('GET', `/providers/Microsoft.Authorization/policyDefinitions/${PUBLIC_GIT}`);
    const definitions = join(AUTHORIZATION, '2023-04-01/policyDefinitions.json');
    expect(problems(definitions, 'PolicyDefinition', withoutValues(definition.body))).toEqual([]);
    const set = await at.call('GET', `/providers/Microsoft.Authorization/policySetDefinitions/${BASELINE}`);
    const sets = join(AUTHORIZATION, '2023-04-01/policySetDefinitions.json');
    expect(problems(sets, 'PolicySetDefinition', withoutValues(set.body))).toEqual([]);
  });

  it('Microsoft.PolicyInsights', async () => {
    const { at, assignment, subscription } = await governed();
    const states = join(INSIGHTS, 'policyStates.json');
    const page = await statePage(at, subscription);
    expect(page.value.length).toBeGreaterThan(0);
    expect(problems(states, 'PolicyStatesQueryResults', { ...page })).toEqual([]);
    const summarize = `/subscriptions/${subscription}/providers/Microsoft.PolicyInsights/policyStates/latest/summarize`;
    expect(problems(states, 'SummarizeResults', (await at.call('POST', summarize)).body)).toEqual([]);
    const remediations = join(INSIGHTS, 'remediations.json');
    const task = await remediate(at, subscription, { policyAssignmentId: assignment.id });
    expect(problems(remediations, 'Remediation', task.body)).toEqual([]);
    at.clock.advance(14 * MINUTE_MS);
    const deployments = (await at.call('POST', `${taskPath(subscription)}/listDeployments`)).body;
    expect(deployments.value.length).toBeGreaterThan(0);
    expect(problems(remediations, 'RemediationDeploymentsListResult', deployments)).toEqual([]);
  });

  it('and the comparison can fail', async () => {
    const { azure, call } = await bench();
    const { body } = await call('PUT', configurationPath(healthy(azure)), gitBody());
    const broken = { ...body, properties: { ...body.properties, suspend: 'no', invented: 1 } };
    const found = problems(FLUX, 'FluxConfiguration', broken);
    expect(found).toContain('/properties/suspend must be boolean,null');
    expect(found).toContain('/invented is not in FluxConfigurationProperties');
  });
});

/** The schemas call every value of a parameter an object; their own examples show texts and numbers. */
function withoutValues(body: Body): Record<string, unknown> {
  const policyDefinitions = 'policyDefinitions' in body.properties ? { policyDefinitions: [] } : {};
  return { ...body, properties: { ...body.properties, parameters: {}, ...policyDefinitions } };
}

/** What a definition of a specification has to object to in a body, unknown properties included. */
function problems(file: string, definition: string, body: Body | Record<string, unknown>): string[] {
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, loadSchema: undefined });
  for (const each of filesFrom(file)) ajv.addSchema(prepared(each) as object, fileUri(each));
  const validate = ajv.compile({ $ref: `${fileUri(file)}#/definitions/${definition}` });
  validate(body);
  const objections = (validate.errors ?? []).map(({ instancePath, message = '' }) => `${instancePath} ${message}`);
  return [...new Set([...objections, ...unknownProperties(file, definition, body)])];
}

/** Every specification file that a file refers to, itself included. */
function filesFrom(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, target = ''] of readFileSync(file, 'utf8').matchAll(/"\$ref":\s*"([^"#]+\.json)#/g)) {
    filesFrom(resolve(dirname(file), target), seen);
  }
  return seen;
}

function fileUri(file: string): string {
  return `file://${file}`;
}

/** The schema of a file for a validator of today: fields may be null, since the real service sends nulls everywhere. */
function prepared(file: string): unknown {
  return nullable(JSON.parse(readFileSync(file, 'utf8')), file);
}

function nullable(schema: unknown, file: string): unknown {
  if (Array.isArray(schema)) return schema.map((each) => nullable(each, file));
  if (typeof schema !== 'object' || schema === null) return schema;
  const { $ref, discriminator: _, readOnly: __, ...rest } = schema as Record<string, unknown>;
  if (typeof $ref === 'string') {
    const [target = '', pointer = ''] = $ref.split('#');
    const uri = target === '' ? fileUri(file) : fileUri(resolve(dirname(file), target));
    return { anyOf: [{ type: 'null' }, { $ref: `${uri}#${pointer}` }] };
  }
  const entries = Object.entries(rest).map(([key, value]) => [key, nullable(value, file)] as const);
  const copy: Record<string, unknown> = Object.fromEntries(entries);
  if (typeof copy['type'] === 'string' && !('definitions' in copy)) copy['type'] = [copy['type'], 'null'];
  if (Array.isArray(copy['enum'])) copy['enum'] = [...(copy['enum'] as unknown[]), null];
  return copy;
}

/** Properties at the first two levels that the definition does not name. */
function unknownProperties(file: string, definition: string, body: Body | Record<string, unknown>): string[] {
  const known = propertiesOf(file, definition);
  return Object.entries(body).flatMap(([name, value]: [string, unknown]) => {
    const schema = known.get(name);
    if (schema === undefined) return [`/${name} is not in ${definition}`];
    const reference = /^#\/definitions\/(\w+)$/.exec(schema['$ref'] as string)?.[1];
    if (name !== 'properties' || reference === undefined) return [];
    return unknownProperties(file, reference, value as Record<string, unknown>);
  });
}

function propertiesOf(file: string, definition: string): Map<string, Record<string, unknown>> {
  const { definitions } = JSON.parse(readFileSync(file, 'utf8')) as { definitions: Record<string, Definition> };
  const own = definitions[definition];
  if (own === undefined) throw new Error(`${file} has no definition ${definition}`);
  const inherited = (own.allOf ?? []).flatMap(({ $ref }) => {
    const [target = '', pointer = ''] = $ref.split('#/definitions/');
    return [...propertiesOf(target === '' ? file : resolve(dirname(file), target), pointer)];
  });
  return new Map([...inherited, ...Object.entries(own.properties ?? {})]);
}

interface Definition {
  readonly properties?: Record<string, Record<string, unknown>>;
  readonly allOf?: { readonly $ref: string }[];
}
