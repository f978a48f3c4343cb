import type { DefinitionRecord } from '../../contracts/definition.ts';
import { DETAIL_LENGTH_MAX } from '../../contracts/limits.ts';
import { CommitStatusMessage, type DeathReason } from '../../contracts/messages.ts';
import { hasEnded, type Rollout, type RolloutOrigin } from '../../contracts/rollout-state.ts';
import { COMMIT_STATUS_RETRY_SECONDS } from '../../contracts/timing.ts';
import { statusProviderOf } from '../../core/definition/status-provider.ts';
import { slotOf, statusText } from '../../core/definition/status-text.ts';
import type { RemoteFault, RemoteResult } from '../../ports/git-remote.ts';
import type { Deps } from '../deps.ts';
import { statusMessage } from '../messages.ts';
import { changeDefinition } from './change-definition.ts';

/** A rollout that goes on while its commit is told of it ends at some time, so two are enough. */
const TELLINGS_MAX = 3;
/** Retries of one rollout within this time are one. */
const RETRY_SLOT_SECONDS = 60;
/** Decisions among which one that says the same is looked for. */
const DECISIONS_READ = 50;

/** A rollout whose commit is to be told of it. */
interface Subject {
  readonly rollout: Rollout;
  readonly origin: RolloutOrigin;
  readonly record: DefinitionRecord;
}

/**
 * Puts the present state of a rollout on its commit. When the rollout ends while the host is told that it is at work, the host is
 * told again: the last word is the true one, whatever order messages are worked on.
 *
 * A host that does not answer is told later; one that refuses, and one that never answered, are noted with the definition.
 */
export async function reportStatus(deps: Deps, message: CommitStatusMessage): Promise<void> {
  let told: boolean | undefined;
  for (let tellings = 0; tellings < TELLINGS_MAX; tellings++) {
    const subject = await findSubject(deps, message.rolloutId);
    if (subject === undefined) return;
    const isOver = hasEnded(subject.rollout.status);
    if (told === isOver) return;
    const result = await tell(deps, subject);
    if (!result.ok) return handleFault(deps, subject, result.fault, message);
    told = isOver;
  }
}

/** Undefined when nobody wants to know, or a newer rollout of the same commit has the word. */
async function findSubject(deps: Deps, rolloutId: string): Promise<Subject | undefined> {
  const rollout = (await deps.store.header(rolloutId))?.value;
  const origin = rollout?.definition;
  if (rollout === undefined || origin === undefined) return undefined;
  const record = (await deps.definitions.read(origin.name))?.value;
  if (record?.definition.commitStatus === undefined || record.repository !== origin.repository) {
    deps.log.info('commit is not told: its definition does not ask for it any more', { rolloutId });
    return undefined;
  }
  const others = [record.running, record.last].filter((other) => other !== undefined && other.rolloutId !== rolloutId);
  const isOutdated = others.some((other) => other?.revision.commit === origin.commit && other.rolloutId > rolloutId);
  return isOutdated ? undefined : { rollout, origin, record };
}

async function tell({ secrets, commitStatuses, publicUrl }: Deps, subject: Subject): Promise<RemoteResult<undefined>> {
  const { rollout, origin, record } = subject;
  const { follows, commitStatus } = record.definition;
  const provider = commitStatus?.provider ?? statusProviderOf(record.repository);
  if (commitStatus === undefined || provider === undefined) return { ok: false, fault: unknownProvider(record) };
  const secret = await secrets.read(commitStatus.credentials);
  if (!secret.ok) return secret;
  return commitStatuses.set({
    provider,
    repositoryUrl: follows.repository,
    commit: origin.commit,
    ref: { kind: follows.branch === undefined ? 'tag' : 'branch', name: origin.ref },
    context: `flotilla/${record.name}`,
    ...statusText(rollout),
    ...(publicUrl !== undefined && { targetUrl: `${publicUrl}/api/rollouts/${rollout.id}` }),
    credentials: secret.value,
  });
}

async function handleFault(
  deps: Deps,
  subject: Subject,
  fault: RemoteFault,
  { tries }: CommitStatusMessage,
): Promise<void> {
  const { id } = subject.rollout;
  const { kind, code, detail, retryAfterMs = 0 } = fault;
  deps.log.warn('commit was not told', { rolloutId: id, definition: subject.record.name, tries, kind, code, detail });
  const pauseSeconds = kind === 'refused' ? undefined : COMMIT_STATUS_RETRY_SECONDS[tries];
  if (pauseSeconds === undefined) return noteFailure(deps, subject.origin, id, `${code}: ${detail}`);
  const { slot, at } = slotOf(RETRY_SLOT_SECONDS, deps.clock.now() + Math.max(pauseSeconds * 1000, retryAfterMs));
  const again = { rolloutId: id, tries: tries + 1 };
  await deps.bus.sendStatuses([statusMessage({ slot: `${slot}.try-${again.tries}`, at }, again)]);
}

/** A message that failed every time: a bug, or a store that was away for long. */
export async function showDeadStatus(deps: Deps, body: unknown, death: DeathReason): Promise<void> {
  const parsed = CommitStatusMessage.safeParse(body);
  const rollout = parsed.success ? (await deps.store.header(parsed.data.rolloutId))?.value : undefined;
  deps.log.error('commit status died', { rolloutId: rollout?.id, ...death });
  if (rollout?.definition === undefined) return;
  await noteFailure(
    deps,
    rollout.definition,
    rollout.id,
    `It failed every time: ${death.reason}. ${death.description}`,
  );
}

/** Notes it among the decisions of the definition, once for each rollout and reason. */
async function noteFailure(deps: Deps, origin: RolloutOrigin, rolloutId: string, reason: string): Promise<void> {
  const { name, ref, commit, generation } = origin;
  const detail = reason.slice(0, DETAIL_LENGTH_MAX);
  const { items } = await deps.definitions.decisions(name, { limit: DECISIONS_READ });
  const code = 'StatusNotSet';
  if (items.some((item) => item.code === code && item.rolloutId === rolloutId && item.detail === detail)) return;
  await changeDefinition(deps, name, (record) => {
    const kind = record.definition.follows.branch === undefined ? 'tag' : 'branch';
    const facts = { code, detail, ref: { kind, name: ref }, commit, generation, rolloutId } as const;
    return { record, decisions: [{ id: deps.ids.next(), at: deps.clock.now(), ...facts }] };
  });
}

function unknownProvider({ repository }: DefinitionRecord): RemoteFault {
  const detail = `Which kind of host ${repository} is at is not known. Name commitStatus.provider.`;
  return { kind: 'refused', code: 'UnknownProvider', detail };
}
