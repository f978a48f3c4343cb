import { createDefaultHttpClient, createHttpHeaders, type HttpClient } from '@azure/core-rest-pipeline';
import { SourceControlConfigurationClient } from '@azure/arm-kubernetesconfiguration';
import { PolicyInsightsClient } from '@azure/arm-policyinsights';
import { ResourceGraphClient } from '@azure/arm-resourcegraph';
import { expect, onTestFinished } from 'vitest';
import { ManualClock } from '../../../local/clock.ts';
import type { Cluster, FluxObject } from '../../../local/azure/fleet/cluster.ts';
import { startAzure, type Azure, type AzureOptions } from '../../../local/azure/server.ts';

/** A simulated Azure on a clock that only the test moves, with what tests need to talk to it. */
export interface Bench {
  readonly clock: ManualClock;
  readonly azure: Azure;
  /** One raw ARM call. `path` may leave the api-version out: it is added. */
  readonly call: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;
  /** One call of the admin endpoint. */
  readonly admin: (method: string, path: string, body?: unknown) => Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** The fields of answers that tests look into; which of them an answer has is what the tests find out. */
export interface Body {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly value: Body[];
  readonly nextLink: string | null;
  readonly properties: Properties;
  readonly error: { code: string; message: string; details: { code: string; message: string }[] };
  readonly identity: { type: string };
  readonly subscriptionId: string;
  readonly registrationState: string;
  readonly systemData: Record<string, string>;
  readonly data: Record<string, unknown>[];
  readonly count: number;
  readonly totalRecords: number;
  readonly resultTruncated: string;
  readonly $skipToken?: string;
  readonly writes: { method: string; status: number; url: string; requestBody?: unknown }[];
  readonly clusters: { name: string; state: string; configurations: { name: string }[] }[];
}

export interface Properties {
  readonly provisioningState: string;
  readonly complianceState: string | null;
  readonly sourceSyncedCommitId: string | null;
  readonly sourceUpdatedAt: string;
  readonly statusUpdatedAt: string;
  readonly statuses: FluxObject[];
  readonly sourceKind: string;
  readonly repositoryPublicKey: string;
  readonly errorMessage: string | null;
  readonly currentVersion: string | null;
  readonly gitRepository: { repositoryRef: Record<string, unknown> };
  readonly ociRepository: Record<string, unknown> | null;
  readonly kustomizations: Record<string, Record<string, unknown>>;
  readonly configurationProtectedSettings: Record<string, string>;
  readonly connectivityStatus: string;
  readonly powerState: { code: string };
  readonly autoUpgradeMinorVersion: boolean;
  readonly errorInfo: { message: string };
}

export const VERSION = '2025-04-01';
export const EXTENSION_VERSION = '2025-03-01';
const OTHER_VERSIONS: readonly (readonly [RegExp, string])[] = [
  [/\/providers\/microsoft\.kubernetesconfiguration\/fluxconfigurations/i, VERSION],
  [/\/providers\/microsoft\.kubernetesconfiguration\/extensions/i, EXTENSION_VERSION],
  [/\/sourcecontrolconfigurations/i, '2023-05-01'],
  [/resourcegraph/i, '2024-04-01'],
  [/\/providers\/microsoft\.authorization\/policyexemptions/i, '2022-07-01-preview'],
  [/\/providers\/microsoft\.authorization\//i, '2024-05-01'],
  [/\/providers\/microsoft\.policyinsights\//i, '2024-10-01'],
];

/** Starts a simulated Azure that ends with the test. */
export async function bench(options: Partial<Omit<AzureOptions, 'clock' | 'port'>> = {}): Promise<Bench> {
  const clock = new ManualClock();
  const azure = await startAzure({ clock, port: 0, ...options });
  onTestFinished(() => azure.close());
  const call: Bench['call'] = (method, path, body, headers = {}) => {
    const version = OTHER_VERSIONS.find(([pattern]) => pattern.test(path))?.[1] ?? '2024-01-01';
    const url = /[?&]api-version=/i.test(path)
      ? path
      : `${path}${path.includes('?') ? '&' : '?'}api-version=${version}`;
    return send(`${azure.endpoint}${url}`, method, body, { authorization: 'Bearer test', ...headers });
  };
  const admin: Bench['admin'] = (method, path, body) => send(`${azure.endpoint}${path}`, method, body, {});
  return { clock, azure, call, admin };
}

async function send(url: string, method: string, body: unknown, headers: Record<string, string>): Promise<Answer> {
  const json = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(url, { method, headers: { 'content-type': 'application/json', ...headers }, ...json });
  const text = await response.text();
  const parsed: unknown = text === '' ? undefined : JSON.parse(text);
  return { status: response.status, headers: response.headers, body: parsed as Body };
}

/** The first cluster that fits. */
export function cluster(azure: Azure, fits: (cluster: Cluster) => boolean): Cluster {
  const found = azure.fleet.clusters.find(fits);
  if (found === undefined) throw new Error('the fleet has no such cluster');
  return found;
}

/** A healthy cluster that has the Flux extension (or has it not), of one provider if given. */
export function healthy(azure: Azure, hasExtension = true, provider?: string): Cluster {
  return cluster(
    azure,
    (each) =>
      each.failure === undefined &&
      each.offlineSinceMs === undefined &&
      !each.stopped &&
      each.extensions.size > 0 === hasExtension &&
      (provider === undefined || each.type.provider === provider),
  );
}

export function configurationPath({ id }: Pick<Cluster, 'id'>, name = 'cluster-config'): string {
  return `${id}/providers/Microsoft.KubernetesConfiguration/fluxConfigurations/${name}`;
}

export function extensionPath({ id }: Pick<Cluster, 'id'>, name = 'flux'): string {
  return `${id}/providers/Microsoft.KubernetesConfiguration/extensions/${name}`;
}

export const COMMIT = 'a'.repeat(40);
export const OTHER_COMMIT = 'b'.repeat(40);

/** A configuration of two kustomizations, pinned to a commit. */
export function gitBody(commit: string | null = COMMIT, properties: Record<string, unknown> = {}) {
  return {
    properties: {
      scope: 'cluster',
      namespace: 'flux-config',
      sourceKind: 'GitRepository',
      gitRepository: { url: 'https://git.example/platform.git', repositoryRef: { branch: 'main', commit } },
      kustomizations: { infra: { path: './infra', prune: true }, apps: { path: './apps', dependsOn: ['infra'] } },
      ...properties,
    },
  };
}

const credential = { getToken: async () => ({ token: 'test-token', expiresOnTimestamp: Date.UTC(2100, 0) }) };

/** The SDKs refuse tokens over plain http: they get an https endpoint, and this client speaks http to the loopback host. */
function loopbackHttpClient(): HttpClient {
  const inner = createDefaultHttpClient();
  return {
    sendRequest: (request) => {
      const url = new URL(request.url);
      if (url.hostname !== '127.0.0.1') throw new Error(`a client of the simulator called ${url.host}`);
      url.protocol = 'http:';
      request.url = url.toString();
      request.allowInsecureConnection = true;
      request.headers = createHttpHeaders(request.headers.toJSON());
      return inner.sendRequest(request);
    },
  };
}

export function policyClient(azure: Azure, subscriptionId: string): PolicyInsightsClient {
  return new PolicyInsightsClient(credential, subscriptionId, clientOptions(azure));
}

function clientOptions(azure: Azure) {
  const endpoint = `https://127.0.0.1:${azure.port}`;
  return { endpoint, httpClient: loopbackHttpClient(), retryOptions: { maxRetries: 0 } };
}

export function configurationClient(azure: Azure, subscriptionId: string): SourceControlConfigurationClient {
  return new SourceControlConfigurationClient(credential, subscriptionId, clientOptions(azure));
}

export function graphClient(azure: Azure): ResourceGraphClient {
  return new ResourceGraphClient(credential, clientOptions(azure));
}

/** `expect.stringMatching` without its `any`. */
export function textLike(pattern: RegExp): string {
  return expect.stringMatching(pattern) as string;
}

/** The Ready condition of an object that a configuration shows. */
export function condition({ statuses }: Properties, name: string) {
  const object = statuses.find((each) => each.name === name);
  return object?.statusConditions.find(({ type }) => type === 'Ready');
}
