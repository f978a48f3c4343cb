import type { Action } from '../../core/change/actions.ts';
import type { Finished, Operation } from '../operation/context.ts';
import { applyConfiguration } from './apply-configuration.ts';
import { editConfiguration, suspendConfiguration } from './edit-configuration.ts';
import { ensureExtension } from './ensure-extension.ts';
import { removeConfiguration } from './remove-configuration.ts';
import { removeExtension } from './remove-extension.ts';
import { removeFluxV1 } from './remove-flux-v1.ts';

/** Carries one action out on one cluster, as far as one write takes it: read, compare, record, write if different. */
export function carryOut(operation: Operation, action: Action): Promise<Finished> {
  switch (action.kind) {
    case 'removeFluxV1':
      return removeFluxV1(operation);
    case 'ensureExtension':
      return ensureExtension(operation, action.extension);
    case 'applyConfiguration':
      return applyConfiguration(operation, action.configuration);
    case 'editConfiguration':
      return editConfiguration(operation, action.edit);
    case 'suspendConfiguration':
      return suspendConfiguration(operation, action.suspension);
    case 'removeConfiguration':
      return removeConfiguration(operation, action.removal);
    case 'removeExtension':
      return removeExtension(operation, action.removal);
  }
}
