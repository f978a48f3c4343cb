import { hasEnded, type Rollout } from '../../../src/contracts/rollout-state.ts';
import { Refusal } from '../../../src/contracts/errors.ts';
import type { Actor } from '../../../src/contracts/actor.ts';
import type { CommandKind } from '../../../src/contracts/command.ts';
import type { Deps } from '../../../src/app/deps.ts';
import { supersedeRollout } from '../../../src/app/supersede-rollout.ts';
import type { Invocation } from '../kernel/invocation.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { FaultPlan } from '../kernel/faults.ts';
import type { Fact, Mirror } from './facts.ts';
import type { Hosts } from './hosts.ts';
import type { Scenario, Submission } from './scenario.ts';
import type { UseCases } from './use-cases.ts';

/** What people need of the run. */
export interface Stage {
  readonly kernel: Kernel;
  readonly faults: FaultPlan;
  readonly hosts: Hosts;
  readonly scenario: Scenario;
  readonly app: UseCases;
  readonly mirrors: ReadonlyMap<string, Mirror>;
  readonly deps: (invocation: Invocation) => Deps;
  readonly emit: (fact: Fact) => void;
}

const MINUTE_MS = 60_000;
/** How often an impatient client asks again after an error or silence. */
const TRIES_MAX = 6;

/** People during the safety phase: they submit, repeat themselves, and click at any moment. */
export function bringPeople(stage: Stage): void {
  const { kernel, scenario } = stage;
  const rollouts = new Map<number, string>();
  scenario.submissions.forEach((submission, index) => {
    for (let time = 0; time < submission.times; time++) {
      kernel.after(
        submission.atMs + time * 1500,
        () => submit(stage, rollouts, index, submission, time, 0),
        `submission ${index}`,
      );
      if (submission.idempotencyKey === undefined) break;
    }
  });
  for (const { atMs, submission, kind, actor } of scenario.clicks) {
    kernel.after(
      atMs,
      () => {
        const rolloutId = rollouts.get(submission);
        if (rolloutId !== undefined) click(stage, rolloutId, kind, actor);
      },
      `click ${kind}`,
    );
  }
  for (const { atMs, submission, by } of scenario.supersedes) {
    kernel.after(
      atMs,
      () => {
        const rolloutId = rollouts.get(submission);
        if (rolloutId !== undefined) supersede(stage, rolloutId, by);
      },
      'supersede',
    );
  }
}

function submit(
  stage: Stage,
  rollouts: Map<number, string>,
  index: number,
  submission: Submission,
  time: number,
  tries: number,
): void {
  const { kernel, hosts, app, deps, emit, scenario } = stage;
  const { request, actor, idempotencyKey } = submission;
  // Whoever has not got through by then has given up: the liveness phase is about the rollouts that are there.
  if (stage.faults.healed) return;
  const again = (delayMs: number): void => {
    if (tries >= TRIES_MAX) return;
    kernel.after(
      delayMs,
      () => submit(stage, rollouts, index, submission, time, tries + 1),
      `submission ${index} again`,
    );
  };
  let answered = false;
  hosts.run(
    `submit(${index}.${time}.${tries})`,
    {},
    (invocation) => {
      const own = deps(invocation);
      const answers = scenario.overlaps ? blindToOthers(own) : own;
      return app.submit(answers, { request, actor, idempotencyKey });
    },
    (answer) => {
      answered = true;
      if (answer.ok) {
        kernel.note(`submission ${index} is rollout ${answer.value}`);
        rollouts.set(index, answer.value);
        emit({ kind: 'submitted', submission: index, rolloutId: answer.value });
      } else {
        kernel.note(`submission ${index} failed: ${String(answer.error)}`);
        // A refusal for overlap passes when the other rollout has ended; anything else a client with a key may repeat.
        if (answer.error instanceof Refusal) again(answer.error.status === 409 ? 8 * MINUTE_MS : Infinity);
        else {
          emit({ kind: 'failed', invocation: HTTP, error: answer.error });
          again(5000);
        }
      }
    },
  );
  kernel.after(
    2 * MINUTE_MS,
    () => {
      if (!answered && idempotencyKey !== undefined) again(0);
    },
    'client gives up',
  );
}

/** The active rollouts are hidden from a use case. */
export function blindToOthers(deps: Deps): Deps {
  const { index } = deps;
  return {
    ...deps,
    index: {
      claimKey: (claim) => index.claimKey(claim),
      active: async () => ({ rollouts: [], version: (await index.active()).version }),
      activate: (rollout, version) => index.activate(rollout, version),
      deactivate: (id) => index.deactivate(id),
      upsertListItem: (item) => index.upsertListItem(item),
      list: (query) => index.list(query),
    },
  };
}

const HTTP = { about: 'http' } as Invocation;

function click(stage: Stage, rolloutId: string, kind: CommandKind, actor: Actor): void {
  const { kernel, hosts, app, deps, emit } = stage;
  hosts.run(
    `${kind}(${rolloutId.slice(-4)}) by ${actor.name}`,
    { rolloutId },
    (invocation) => app.command(deps(invocation), { rolloutId, kind, actor }),
    (answer) => {
      kernel.note(`${kind}(${rolloutId.slice(-4)}) ${answer.ok ? 'accepted' : `refused: ${String(answer.error)}`}`);
      if (!answer.ok && !(answer.error instanceof Refusal))
        emit({ kind: 'failed', invocation: HTTP, error: answer.error });
    },
  );
}

function supersede(stage: Stage, rolloutId: string, by: string): void {
  const { kernel, hosts, deps, emit } = stage;
  hosts.run(
    `supersede(${rolloutId.slice(-4)})`,
    { rolloutId },
    (invocation) => supersedeRollout(deps(invocation), rolloutId, by),
    (answer) => {
      kernel.note(`supersede(${rolloutId.slice(-4)}) ${answer.ok ? 'accepted' : String(answer.error)}`);
      if (!answer.ok) emit({ kind: 'failed', invocation: HTTP, error: answer.error });
    },
  );
}

/** After the faults stopped: people answer what waits for them, every few minutes, until everything has ended. */
export function answerWhatWaits(stage: Stage): void {
  const { kernel, mirrors, faults } = stage;
  let round = 0;
  const look = (): void => {
    round += 1;
    for (const { header, commands } of mirrors.values()) {
      const asked = commands.filter(({ kind }) => kind === 'resume').length;
      const kind = answerTo(header, faults.unit('answer', header.id) < 0.5 && asked < 20);
      if (kind === undefined) continue;
      const name = `on-call-${round % 4}`;
      click(stage, header.id, kind, { kind: 'key', name });
    }
    kernel.after(3 * MINUTE_MS, look, 'people look');
  };
  // Late enough that what was asked for before has to take effect by itself (L5).
  kernel.after(6 * MINUTE_MS, look, 'people look');
}

function answerTo(header: Rollout, resumes: boolean): CommandKind | undefined {
  if (hasEnded(header.status)) return undefined;
  switch (header.status) {
    case 'Paused':
      return 'resume';
    case 'Halted':
      return resumes ? 'resume' : 'cancel';
    case 'WaitingForApproval':
      return 'approve';
    default:
      return undefined;
  }
}

/** The longest a rollout may take once nothing goes wrong any more (L1): all its waits in a row, and some sweeps. */
export function livenessMs(mirrors: Iterable<Mirror>): number {
  let total = 30 * MINUTE_MS;
  for (const { header, request } of mirrors) {
    const { target, change } = request;
    // Flux v1, the extension before or after, and a replacement takes two.
    const steps = 3 + 2 * change.configurations.length;
    for (const stage of header.stages) {
      const rounds = Math.ceil(stage.size / stage.maxConcurrency) + 1;
      // A deadline, the lease of whoever went before, a soak that may begin again, gates, a halt that a person answers.
      total +=
        rounds * steps * (stage.progressDeadlineSeconds + 900) * 1000 + stage.soakSeconds * 3000 + 15 * MINUTE_MS;
    }
    total += target.deferFor * 2000;
  }
  return total;
}
