import pLimit from 'p-limit';
import { Transient } from '../../contracts/errors.ts';
import type { RevisionMessage } from '../../contracts/messages.ts';
import type { DeliveryRecord, DeliveryResult } from '../../contracts/webhook.ts';
import { Batches } from '../batches.ts';
import type { Deps } from '../deps.ts';
import type { DeliveryGate } from '../webhooks/gate.ts';
import { processDelivery, type Together } from '../webhooks/process-delivery.ts';
import { advanceDefinition } from './advance-definition.ts';
import { RecentDefinitions } from './recent-definitions.ts';
import { takePushes, type Telling } from './take-revision.ts';
import { wakeDefinition } from './wake-definition.ts';

/** How soon a start is tried again that Azure had no room for, unless it says when. Ours. */
const TRY_AGAIN_MS = 5000;
/** A start that is put off for longer is a fault, and shown as one. Ours. */
const PUT_OFF_MS_MAX = 600_000;

/** Repositories whose deliveries one process takes at once. Ours: what waits meanwhile is taken together, and answers to new ones come first. */
const REPOSITORIES_AT_ONCE = 1;
/** Definitions that one process advances at once. Ours: each may plan a rollout over the whole fleet. */
const ADVANCED_AT_ONCE = 2;
/** Deliveries taken in one go. Ours: what one process has at hand (`maxConcurrentCalls` of host.json). */
const TOGETHER_MAX = 32;

/** Works off the `revisions` queue in one process: deliveries of one repository that wait at the same time are taken together. */
export class RevisionWorker {
  readonly #deps: Deps;
  readonly #advances = pLimit(ADVANCED_AT_ONCE);
  readonly #together: Together;

  constructor(deps: Deps, gate: DeliveryGate) {
    this.#deps = deps;
    const turns = pLimit(REPOSITORIES_AT_ONCE);
    const inTurn = <A>(work: () => Promise<A>): Promise<A> =>
      turns(async () => {
        await gate.answersFirst();
        return work();
      });
    const isOwnFault = (error: unknown): boolean => !(error instanceof Transient);
    const options = { itemsMax: TOGETHER_MAX, isOwnFault };
    const recent = new RecentDefinitions();
    const repositories = new Batches<Telling, DeliveryResult[]>(
      (repository, tellings) => takePushes(deps, repository, tellings, recent),
      { ...options, inTurn },
    );
    const records = new Batches<DeliveryRecord, void>(async (_list, all) => {
      await deps.deliveries.record(...all);
      return all.map(() => undefined);
    }, options);
    this.#together = {
      takePushes: (repository, telling) => repositories.add(repository, telling),
      record: (record) => records.add('list', record),
    };
  }

  /** Does what a message asks for. Throws `Transient` when it has to be delivered again. */
  receive(message: RevisionMessage): Promise<void> {
    switch (message.kind) {
      case 'delivery':
        return processDelivery(this.#deps, this.#together, message);
      case 'definition':
        return this.#advances(() => advanceOrPutOff(this.#deps, message.name));
    }
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
