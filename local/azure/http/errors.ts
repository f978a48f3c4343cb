import type { JsonObject } from '../json.ts';

/** One level of ARM's error body; failures of deployments and extensions nest (azure.md 1.3), the innermost says why. */
export interface ErrorDetail {
  readonly code: string;
  readonly message: string;
  readonly target?: string;
  readonly details?: readonly ErrorDetail[];
}

/** A refusal of a request, turned into ARM's error body by the server. */
export class ArmError extends Error {
  override readonly name = 'ArmError';
  readonly status: number;
  readonly detail: ErrorDetail;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, detail: ErrorDetail, headers: Readonly<Record<string, string>> = {}) {
    super(`${detail.code}: ${detail.message}`);
    this.status = status;
    this.detail = detail;
    this.headers = headers;
  }
}

/** `{"error": {...}}` with the empty lists that Microsoft.KubernetesConfiguration sends (flux.md d, recorded traffic). */
export function errorBody(detail: ErrorDetail): JsonObject {
  return { error: { ...detail, details: detail.details ?? [], additionalInfo: [] } };
}

/** The same code for a missing configuration, extension or cluster, so that clients must look further (flux.md a.8). */
export function resourceNotFound(kind: string, name: string): ArmError {
  return new ArmError(404, {
    code: 'ResourceNotFound',
    message: `The ${kind} instance with name '${name}' not found.`,
  });
}

/** A body that the resource provider refuses; repeating it cannot help. */
export function validationFailed(message: string): ArmError {
  return new ArmError(400, { code: 'ValidationFailed', message });
}

/** A path or api-version that the ARM gateway does not know (flux.md c, end). */
export function invalidResourceType(what: string): ArmError {
  const message = `The resource type could not be found: ${what}.`;
  return new ArmError(404, { code: 'InvalidResourceType', message }, { 'x-ms-failure-cause': 'gateway' });
}

/** The resource is busy with another operation (Azure/AKS-Construction issue 385: two extensions at once). */
export function operationInProgress(message: string): ArmError {
  return new ArmError(409, { code: 'Conflict', message });
}
