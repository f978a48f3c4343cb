import type { RevisionMessage } from '../../contracts/messages.ts';
import type { Deps } from '../deps.ts';
import { processDelivery } from '../webhooks/process-delivery.ts';
import { advanceDefinition } from './advance-definition.ts';

/** Does what a message of the `revisions` queue asks for. Throws `Transient` when it has to be delivered again. */
export function receiveRevision(deps: Deps, message: RevisionMessage): Promise<void> {
  switch (message.kind) {
    case 'delivery':
      return processDelivery(deps, message);
    case 'definition':
      return advanceDefinition(deps, message.name);
  }
}
