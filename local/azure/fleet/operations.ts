import type { ErrorDetail } from '../http/errors.ts';
import { guid } from './random.ts';

/** An asynchronous operation of ARM; clients poll it until its status is terminal. */
export interface Operation {
  readonly id: string;
  /** Id of the resource, in the casing of operation URLs. */
  readonly resourceId: string;
  status: 'Creating' | 'Updating' | 'Deleting' | 'Succeeded' | 'Failed' | 'Canceled';
  error: ErrorDetail | null;
}

/** Operations remembered; ARM forgets old ones too. */
const OPERATIONS_MAX = 100_000;

/** All operations of a simulated Azure. */
export class Operations {
  readonly #seed: number;
  readonly #byId = new Map<string, Operation>();
  #count = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  start(resourceId: string, status: 'Creating' | 'Updating' | 'Deleting'): Operation {
    const operation: Operation = {
      id: guid(this.#seed, `operation/${this.#count++}`),
      resourceId,
      status,
      error: null,
    };
    this.#byId.set(operation.id, operation);
    if (this.#byId.size > OPERATIONS_MAX) {
      const oldest = this.#byId.keys().next();
      if (oldest.done !== true) this.#byId.delete(oldest.value);
    }
    return operation;
  }

  find(id: string): Operation | undefined {
    return this.#byId.get(id.toLowerCase());
  }
}

/** Ends an operation that still runs; one that has ended stays as it is. */
export function finish(operation: Operation | undefined, error: ErrorDetail | null = null): void {
  if (operation === undefined || !isRunning(operation)) return;
  operation.status = error === null ? 'Succeeded' : 'Failed';
  operation.error = error;
}

/** A newer write on the same resource took over. */
export function supersede(operation: Operation | undefined): void {
  if (operation === undefined || !isRunning(operation)) return;
  operation.status = 'Canceled';
  operation.error = { code: 'OperationPreempted', message: 'A newer operation on the same resource took over.' };
}

export function isRunning(operation: Operation | undefined): boolean {
  return operation !== undefined && ['Creating', 'Updating', 'Deleting'].includes(operation.status);
}
