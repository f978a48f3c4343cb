import { Transient } from '../../contracts/errors.ts';
import type { RevisionMessage } from '../../contracts/messages.ts';
import type { Deps } from '../deps.ts';
import { processDelivery } from '../webhooks/process-delivery.ts';
import { advanceDefinition } from './advance-definition.ts';
import { wakeDefinition } from './wake-definition.ts';

/** How soon a start is tried again that Azure had no room for, unless it says when. Ours. */
const TRY_AGAIN_MS = 5000;
/** A start that is put off for longer is a fault, and shown as one. Ours. */
const PUT_OFF_MS_MAX = 600_000;

/** Does what a message of the `revisions` queue asks for. Throws `Transient` when it has to be delivered again. */
export function receiveRevision(deps: Deps, message: RevisionMessage): Promise<void> {
  switch (message.kind) {
    case 'delivery':
      return processDelivery(deps, message);
    case 'definition':
      return advanceOrPutOff(deps, message.name);
  }
}

/** Many revisions that start at once may ask more of Azure than it grants: the broker would use up all deliveries of a message within a second. */
async function advanceOrPutOff(deps: Deps, name: string): Promise<void> {
  try {
    await advanceDefinition(deps, name);
  } catch (error) {
    if (!(error instanceof Transient)) throw error;
    const starting = (await deps.definitions.read(name))?.value.running;
    const now = deps.clock.now();
    if (starting === undefined || starting.submitted || now > starting.since + PUT_OFF_MS_MAX) throw error;
    deps.log.warn('start of a revision put off', { definition: name, code: error.code, detail: error.message });
    await wakeDefinition(deps, name, now + (error.retryAfterMs ?? TRY_AGAIN_MS));
  }
}
