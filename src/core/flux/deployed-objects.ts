import { propertiesOf, type Json } from './json.ts';
import { listOf, numberOf, objectOf, textOf, timeOf } from './raw-json.ts';

/** A Kubernetes condition of a Flux object; `since` is its last transition, in milliseconds since the epoch. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly since: number | undefined;
}

export interface ObjectReference {
  readonly name: string;
  readonly namespace: string | undefined;
}

/** What Azure tells of a HelmRelease beyond its conditions; a number the agent has not reported is undefined. */
export interface HelmRelease {
  readonly failureCount: number | undefined;
  readonly installFailureCount: number | undefined;
  readonly upgradeFailureCount: number | undefined;
  readonly lastRevisionApplied: number | undefined;
  readonly helmChartRef: ObjectReference | undefined;
}

/** One Flux object of a configuration as the agent reported it: the source, its kustomizations, and what these applied. */
export interface DeployedObject {
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly complianceState: string | undefined;
  /** The `Ready` condition. */
  readonly ready: Condition | undefined;
  /** Undefined in what LIST answers, which leaves the conditions out. */
  readonly conditions: readonly Condition[] | undefined;
  /** The kustomization that applied it; undefined for the configuration's own objects. */
  readonly appliedBy: ObjectReference | undefined;
  /** Undefined for other kinds. */
  readonly helmRelease: HelmRelease | undefined;
}

/** Which objects are asked for: an absent field does not restrict. Kinds are compared without case, names exactly. */
export interface ObjectFilter {
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** The objects of a raw `fluxConfigurations` resource, in the order of the agent's report. */
export function deployedObjects(resource: Json, filter: ObjectFilter = {}): DeployedObject[] {
  return listOf(propertiesOf(resource).statuses)
    .map((status) => readObject(objectOf(status)))
    .filter((object) => isMeant(object, filter));
}

function isMeant(object: DeployedObject, { kind, namespace, name }: ObjectFilter): boolean {
  if (kind !== undefined && object.kind.toLowerCase() !== kind.toLowerCase()) return false;
  if (namespace !== undefined && object.namespace !== namespace) return false;
  return name === undefined || object.name === name;
}

function readObject(status: Json): DeployedObject {
  const conditions = Array.isArray(status.statusConditions) ? status.statusConditions.map(readCondition) : undefined;
  const kind = textOf(status.kind) ?? 'object';
  return {
    kind,
    namespace: textOf(status.namespace),
    name: textOf(status.name) ?? '?',
    complianceState: textOf(status.complianceState),
    ready: conditions?.find(({ type }) => type === 'Ready'),
    conditions,
    appliedBy: readReference(status.appliedBy),
    helmRelease: kind === 'HelmRelease' ? readHelmRelease(objectOf(status.helmReleaseProperties)) : undefined,
  };
}

function readCondition(value: unknown): Condition {
  const condition = objectOf(value);
  return {
    type: textOf(condition.type) ?? '?',
    status: textOf(condition.status) ?? 'Unknown',
    reason: textOf(condition.reason) ?? '',
    message: textOf(condition.message) ?? '',
    since: timeOf(condition.lastTransitionTime),
  };
}

function readReference(value: unknown): ObjectReference | undefined {
  const { name, namespace } = objectOf(value);
  const text = textOf(name);
  return text === undefined ? undefined : { name: text, namespace: textOf(namespace) };
}

function readHelmRelease(helm: Json): HelmRelease {
  return {
    failureCount: numberOf(helm.failureCount),
    installFailureCount: numberOf(helm.installFailureCount),
    upgradeFailureCount: numberOf(helm.upgradeFailureCount),
    lastRevisionApplied: numberOf(helm.lastRevisionApplied),
    helmChartRef: readReference(helm.helmChartRef),
  };
}
