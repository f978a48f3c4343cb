import { z } from 'zod';
import type { Cloud } from '../cloud.ts';
import type { Cluster } from '../fleet/cluster.ts';
import { ArmError, resourceNotFound } from '../http/errors.ts';
import type { JsonObject } from '../json.ts';
import { act, type Act } from '../policy/act.ts';
import { SOURCE_BLOCKS } from '../resources/flux-schema.ts';
import { parseAdmin } from './parse.ts';

const API_VERSIONS = { fluxConfigurations: '2025-04-01', extensions: '2025-03-01' } as const;

const edit = z.strictObject({
  cluster: z.string().min(1),
  /** Name of the configuration, or of the extension: one of the two. */
  configuration: z.string().min(1).optional(),
  extension: z.string().min(1).optional(),
  /** `properties` that change, as in a PATCH; `null` removes a key. */
  patch: z.record(z.string(), z.unknown()).optional(),
  /** `properties` of a PUT. */
  create: z.record(z.string(), z.unknown()).optional(),
  delete: z.literal(true).optional(),
  /** A person by address, or the object id of an application. */
  by: z.string().min(1),
});
type Edit = z.infer<typeof edit>;

/** `POST /admin/edits`: somebody changes a cluster behind everybody's back, through ARM, at once. */
export function postEdit(cloud: Cloud, body: unknown): unknown {
  const asked = parseAdmin(edit, body);
  const cluster = cloud.fleet.findByName(asked.cluster);
  if (cluster === undefined) throw resourceNotFound('cluster', asked.cluster);
  const type = asked.by.includes('@') ? 'User' : 'Application';
  const { kind, name } = target(asked);
  const principal = { id: asked.by, type } as const;
  const write: Act = { ...change(cluster, asked), kind, name, apiVersion: API_VERSIONS[kind], principal };
  const { status } = act(cloud, cluster, write);
  return { cluster: cluster.name, kind, name, status };
}

function target({ configuration, extension }: Edit): Pick<Act, 'kind' | 'name'> {
  if ((configuration === undefined) === (extension === undefined)) {
    throw invalid('One of configuration and extension is needed.');
  }
  return configuration === undefined
    ? { kind: 'extensions', name: extension ?? '' }
    : { kind: 'fluxConfigurations', name: configuration };
}

function change(
  cluster: Cluster,
  { patch, create, delete: isRemoval, configuration }: Edit,
): Pick<Act, 'method' | 'body'> {
  const changes = [patch, create, isRemoval].filter((each) => each !== undefined);
  if (changes.length !== 1) throw invalid('One of patch, create and delete is needed.');
  if (patch !== undefined) return { method: 'PATCH', body: { properties: withSource(cluster, configuration, patch) } };
  return create === undefined ? { method: 'DELETE' } : { method: 'PUT', body: { properties: create } };
}

/** ARM wants kind and block of the source along with kustomizations; editors fill them in (flux.md a.7). */
function withSource(cluster: Cluster, configuration: string | undefined, patch: JsonObject): JsonObject {
  const kind = cluster.configurations.get(configuration?.toLowerCase() ?? '')?.spec.sourceKind;
  if (kind === undefined || patch['kustomizations'] === undefined || patch['sourceKind'] !== undefined) return patch;
  return { sourceKind: kind, [SOURCE_BLOCKS[kind]]: {}, ...patch };
}

function invalid(message: string): ArmError {
  return new ArmError(400, { code: 'InvalidAdminRequest', message });
}
