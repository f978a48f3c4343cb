import type { ExtensionState } from '../../contracts/cluster-rows.ts';
import type { Json } from './desired.ts';

/** What a raw extension resource shows. */
export interface ObservedExtension {
  readonly state: 'Succeeded' | 'Installing' | 'Deleting' | 'Failed';
  readonly detail: string;
}

/** Reads an extension by its `provisioningState`; of a failed one, what Azure says about it. */
export function observeExtension(resource: Json): ObservedExtension {
  const properties = object(resource.properties);
  switch (properties.provisioningState) {
    case 'Succeeded':
      return { state: 'Succeeded', detail: '' };
    case 'Failed':
    case 'Canceled':
      return { state: 'Failed', detail: failure(properties) };
    case 'Deleting':
      return { state: 'Deleting', detail: 'The microsoft.flux extension is being deleted.' };
    default:
      return { state: 'Installing', detail: 'The microsoft.flux extension is being installed.' };
  }
}

/** Any status entry of a failed extension is an error: `level` and `time` may be null (reference of the service). */
function failure(properties: Json): string {
  const info = object(properties.errorInfo);
  const statuses = Array.isArray(properties.statuses) ? properties.statuses.map(object) : [];
  const messages = [info, ...statuses].map(({ message }) => (typeof message === 'string' ? message : ''));
  return messages.find((message) => message !== '') ?? 'The microsoft.flux extension failed without a message.';
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** Maps a `provisioningState` to what the inventory keeps. */
export function extensionState(provisioningState: string | undefined): ExtensionState {
  switch (provisioningState) {
    case undefined:
      return 'Missing';
    case 'Succeeded':
      return 'Succeeded';
    case 'Failed':
    case 'Canceled':
      return 'Failed';
    case 'Creating':
    case 'Updating':
    case 'Deleting':
      return 'Busy';
    default:
      return 'Unknown';
  }
}
