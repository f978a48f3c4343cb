import type { Bug } from './bug.ts';
import { DRIFT_BUGS } from './drift.ts';
import {
  forgetChanges,
  forgetOriginals,
  goOnUnproven,
  ignoreBlocks,
  keepLeases,
  leaseOnlyApp,
  noteSecrets,
  sendRedacted,
  skipDeletions,
  trustGraph,
  trustOldExtensions,
} from './actions.ts';
import { acceptStale, logBodies, neighbour, onPutFault, otherCommit } from './arm.ts';
import { actOnMemories, breed, forgetBudgets, hang, obeyBlindly } from './handlers.ts';
import { eternalLeases, forgetNewestHolder, imagineLeases } from './leases.ts';
import {
  closeEarly,
  commitWithoutVersion,
  committing,
  forgetKeys,
  loading,
  reopen,
  saveWithoutVersion,
  seeing,
  takeVerdictsBack,
  withoutDeadlines,
} from './storage.ts';

/** At least one per oracle: an oracle that catches nothing proves nothing, a bug that nobody catches is a missing oracle. */
export const BUGS: readonly Bug[] = [
  {
    name: 'maxConcurrency is ignored',
    caughtBy: 'S1',
    deps: (deps) =>
      seeing(deps, (rollout) => ({
        ...rollout,
        stages: rollout.stages.map((stage) => ({ ...stage, maxConcurrency: 1000 })),
      })),
  },
  {
    name: 'approval gates are ignored',
    caughtBy: 'S2',
    deps: (deps) =>
      seeing(deps, (rollout) => ({ ...rollout, stages: rollout.stages.map((stage) => ({ ...stage, gates: {} })) })),
  },
  {
    name: 'soaks are cut short',
    caughtBy: 'S2',
    deps: (deps) =>
      seeing(deps, (rollout) => ({
        ...rollout,
        stages: rollout.stages.map((stage) => ({ ...stage, soakSeconds: 0 })),
      })),
  },
  {
    name: 'a stage is done once its last cluster is dispatched',
    caughtBy: 'S2',
    deps: (deps) => seeing(deps, closeEarly),
  },
  { name: 'leases are imagined', caughtBy: 'S3a', deps: imagineLeases },
  { name: 'leases are imagined, and older rollouts write over newer ones', caughtBy: 'S3b', deps: imagineLeases },
  { name: 'old messages write over newer rollouts after the end', caughtBy: 'S3c', deps: actOnMemories },
  {
    name: 'an older rollout may take a lease after a newer one',
    caughtBy: 'S4',
    deps: forgetNewestHolder,
  },
  { name: 'a verdict is taken back', caughtBy: 'S5', deps: takeVerdictsBack },
  {
    name: 'a live row is saved whatever its version',
    caughtBy: 'S22',
    deps: saveWithoutVersion,
  },
  {
    name: 'a step is committed whatever its version',
    caughtBy: 'S9',
    deps: commitWithoutVersion,
  },
  { name: 'an ended rollout is opened again', caughtBy: 'S6', deps: (deps) => seeing(deps, reopen) },
  {
    name: 'failures do not count',
    caughtBy: 'S7',
    deps: (deps) =>
      seeing(deps, (rollout) => ({
        ...rollout,
        maxFailures: 1000,
        stages: rollout.stages.map((stage) => ({ ...stage, maxFailures: 1000 })),
      })),
  },
  { name: 'the status of the old revision is accepted', caughtBy: 'S8', deps: acceptStale },
  {
    name: 'a time-out of a write counts as a failure',
    caughtBy: 'S8',
    deps: (deps) => onPutFault(deps, () => ({ kind: 'refused', code: 'Timeout', detail: 'timed out' })),
  },
  {
    name: 'verdicts are committed without taking the live row away',
    caughtBy: 'S9',
    deps: (deps) => committing(deps, (step) => ({ ...step, deleteLive: [] })),
  },
  {
    name: 'a result row is dropped from its commit',
    caughtBy: 'S9',
    deps: (deps) => committing(deps, (step) => ({ ...step, insertResults: [] })),
  },
  {
    name: 'a pause is forgotten',
    caughtBy: 'S10',
    deps: (deps) => seeing(deps, (rollout) => (rollout.stop === 'pause' ? { ...rollout, stop: 'none' } : rollout)),
  },
  {
    name: 'a cancel is forgotten',
    caughtBy: 'S11',
    deps: (deps) => seeing(deps, (rollout) => (rollout.stop === 'cancel' ? { ...rollout, stop: 'none' } : rollout)),
  },
  {
    name: 'a supersede is forgotten',
    caughtBy: 'S38',
    deps: (deps) =>
      seeing(deps, ({ supersededBy, ...rollout }) =>
        supersededBy === undefined ? rollout : { ...rollout, stop: 'none' },
      ),
  },
  {
    name: 'a supersede is taken for a cancel',
    caughtBy: 'S39',
    deps: (deps) =>
      loading(deps, (loaded) => ({
        ...loaded,
        commands: loaded.commands.map((one) => (one.kind === 'supersede' ? { ...one, kind: 'cancel' } : one)),
      })),
  },
  { name: 'one cluster gets another commit', caughtBy: 'S13', deps: otherCommit },
  { name: 'idempotency keys are not kept', caughtBy: 'S14', deps: (deps) => forgetKeys(deps) },
  { name: 'a message acts on the neighbour’s cluster', caughtBy: 'S16', deps: neighbour },
  { name: 'what was found is logged with its body', caughtBy: 'S17', deps: logBodies },
  { name: 'a recorded 429 is read by nobody', caughtBy: 'S19', deps: forgetBudgets },
  {
    name: 'every wake-up sends another one at once',
    caughtBy: 'S20',
    useCases: (app) => ({ ...app, advance: breed(app) }),
  },
  {
    name: 'audit rows get lost',
    caughtBy: 'S22',
    deps: (deps) => committing(deps, (step) => ({ ...step, event: undefined })),
  },
  {
    name: 'a fault of ARM is thrown',
    caughtBy: 'S23',
    deps: (deps) =>
      onPutFault(deps, (kind) => {
        throw new TypeError(`cannot read ${kind}`);
      }),
  },
  {
    name: 'old messages are carried out for ended rollouts',
    caughtBy: 'S24',
    useCases: (app) => ({ ...app, operate: obeyBlindly(app) }),
  },
  {
    name: 'the next action begins before the one before it is proven',
    caughtBy: 'S25',
    deps: (deps) => committing(deps, goOnUnproven),
  },
  { name: 'an extension that worked before its update passes for updated', caughtBy: 'S25', deps: trustOldExtensions },
  { name: 'a removal is judged by Resource Graph alone', caughtBy: 'S8', deps: trustGraph },
  { name: 'what is being deleted passes for gone', caughtBy: 'S8', deps: skipDeletions },
  { name: 'a replacement does not wait for the removal', caughtBy: 'S27', deps: skipDeletions },
  { name: 'the lease of one action passes for that of the next', caughtBy: 'S3a', deps: leaseOnlyApp },
  { name: 'leases of proven actions are kept', caughtBy: 'S26', deps: keepLeases },
  {
    name: 'what was changed is forgotten while a cluster is waited for',
    caughtBy: 'S22',
    deps: (deps) => committing(deps, forgetChanges),
  },
  { name: 'what was there before a write is not recorded', caughtBy: 'S18', deps: forgetOriginals },
  { name: 'what the preflight found is not heeded', caughtBy: 'S16', deps: ignoreBlocks },
  { name: 'a merge sends redacted secrets back', caughtBy: 'S13', deps: sendRedacted },
  { name: 'a secret is stored beside the reason for a wait', caughtBy: 'S17', deps: noteSecrets },
  {
    name: 'nobody wakes what is overdue',
    caughtBy: 'L1',
    useCases: (app) => ({ ...app, wakeOverdue: async () => undefined }),
  },
  { name: 'clusters have no deadline', caughtBy: 'L2', deps: withoutDeadlines },
  { name: 'leases are kept for ever', caughtBy: 'L4', deps: eternalLeases },
  {
    name: 'commands are stored and never read',
    caughtBy: 'L5',
    deps: (deps) => loading(deps, (loaded) => ({ ...loaded, commands: [] })),
  },
  { name: 'a wake-up of an ended rollout hangs', caughtBy: 'L8', useCases: (app) => ({ ...app, advance: hang(app) }) },
  ...DRIFT_BUGS,
];
