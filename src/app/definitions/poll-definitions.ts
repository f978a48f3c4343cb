import pLimit from 'p-limit';
import type { DefinitionRecord } from '../../contracts/definition.ts';
import { Transient } from '../../contracts/errors.ts';
import { POLLS_AT_ONCE } from '../../contracts/limits.ts';
import { POLL_RUN_SECONDS } from '../../contracts/timing.ts';
import { followedRefs, takeListing, type PollOutcome } from '../../core/definition/poll.ts';
import { failedPoll, isPollDue, unpolled, whyNotPolled } from '../../core/definition/poll-interval.ts';
import type { RemoteRef, RemoteResult } from '../../ports/git-remote.ts';
import type { Deps } from '../deps.ts';
import { takePolled } from './take-revision.ts';

/**
 * Asks the repositories of all definitions whose poll is due, the longest overdue first, and takes what they show into them. What
 * cannot be begun in time is left for the next run. One definition that fails keeps no other from being polled.
 *
 * @throws AggregateError when polls failed in a way that none should: bugs, after all others are done.
 */
export async function pollDefinitions(deps: Deps, all = deps.definitions.list()): Promise<void> {
  const startedAt = deps.clock.now();
  const records = (await all).map(({ value }) => value);
  const due = records
    .filter((record) => isPollDue(record, startedAt))
    .toSorted((one, other) => (one.polled?.nextAt ?? 0) - (other.polled?.nextAt ?? 0));
  const ask = askOnce(deps);
  const limit = pLimit(POLLS_AT_ONCE);
  const bugs: unknown[] = [];
  const poll = async (record: DefinitionRecord): Promise<void> => {
    if (deps.clock.now() >= startedAt + POLL_RUN_SECONDS * 1000) return;
    try {
      await pollDefinition(deps, record, ask);
    } catch (error) {
      deps.log.warn('poll failed', { definition: record.name, error: String(error) });
      if (!(error instanceof Transient)) bugs.push(error);
    }
  };
  await Promise.all(due.map((record) => limit(() => poll(record))));
  if (bugs.length > 0) throw new AggregateError(bugs, 'Polls failed in a way that none should.');
}

interface Asked {
  readonly askedAt: number;
  readonly answer: RemoteResult<readonly RemoteRef[]>;
}

type Ask = (record: DefinitionRecord) => Promise<Asked>;

async function pollDefinition(deps: Deps, record: DefinitionRecord, ask: Ask): Promise<void> {
  const take = await look(deps, record, ask);
  // What was changed meanwhile may follow something else: the next run sees to it.
  const isSame = ({ id, version }: DefinitionRecord): boolean => id === record.id && version === record.version;
  await takePolled(deps, record.name, (stored) => (isSame(stored) ? take(stored) : undefined));
}

/** Returns what the poll means for the definition as it is stored by then. */
async function look(
  { clock, log }: Deps,
  record: DefinitionRecord,
  ask: Ask,
): Promise<(stored: DefinitionRecord) => PollOutcome> {
  const note = whyNotPolled(record);
  if (note !== undefined) return () => ({ pushes: [], polled: unpolled(note, clock.now()) });
  const { askedAt, answer } = await ask(record);
  if (answer.ok) return (stored) => takeListing(stored, { refs: answer.value, askedAt, now: clock.now() });
  const { fault } = answer;
  log.warn('repository could not be polled', { definition: record.name, code: fault.code, detail: fault.detail });
  return (stored) => ({ pushes: [], polled: failedPoll(stored, fault, clock.now()) });
}

/** Definitions that follow the same of one repository cost one request. */
function askOnce({ clock, secrets, gitRemote }: Deps): Ask {
  const running = new Map<string, Promise<Asked>>();
  return ({ definition: { follows } }) => {
    const { repository: url, poll } = follows;
    const reference = poll === false ? undefined : poll.credentials;
    const refs = followedRefs(follows);
    const key = JSON.stringify([url, refs, reference]);
    const ask = async (): Promise<Asked> => {
      const secret = reference === undefined ? undefined : await secrets.read(reference);
      const askedAt = clock.now();
      if (secret?.ok === false) return { askedAt, answer: secret };
      const credentials = secret && { credentials: secret.value };
      return { askedAt, answer: await gitRemote.refs({ url, ...refs, ...credentials }) };
    };
    const asked = running.get(key) ?? ask();
    running.set(key, asked);
    return asked;
  };
}
