import { FAILURE_VERDICTS } from '../../../src/contracts/verdict.ts';
import type { Fact, Mirror } from '../world/facts.ts';
import { shortName, type OracleSpec, type Report, type View } from './oracle.ts';

/** A soak is measured by the clocks of hosts, from when a step was decided: clocks differ, and a commit may take seconds. */
const SKEW_MS = 17_000;

/**
 * S2: no write of a stage before all clusters of earlier stages are settled (offline ones that are waited for hold nothing
 * up), their soak has passed, and every gate on the way was approved by enough different people.
 */
export const S2: OracleSpec = {
  id: 'S2',
  about: 'no write before earlier stages are settled, soaked and approved',
  create: (view, report) => {
    const settledAt = new Map<string, number>();
    return {
      observe: (fact) => {
        if (fact.kind === 'committed') noteSettled(fact, settledAt, view.now());
        if (fact.kind !== 'writeIssued' || fact.mirror === undefined) return;
        const { mirror, write } = fact;
        const stage = mirror.header.stages.findIndex(
          ({ first, size }) =>
            (write.invocation.ordinal ?? -1) >= first && (write.invocation.ordinal ?? -1) < first + size,
        );
        for (let earlier = 0; earlier < stage; earlier++) checkStage(mirror, earlier, settledAt, view, report);
        for (let index = 0; index <= stage; index++) {
          checkGate(mirror, index, 'before', report);
          if (index < stage) checkGate(mirror, index, 'after', report);
        }
      },
    };
  },
};

/** Remembers when the last cluster of a running stage was settled: its soak begins there. */
function noteSettled(
  { mirror, step }: Extract<Fact, { kind: 'committed' }>,
  settledAt: Map<string, number>,
  now: number,
): void {
  for (const { stage, outcome, attempt, ordinal } of step.insertResults) {
    // One that was offline is caught up: it holds nothing up, and no soak begins again for it.
    if (attempt > 1 || wasOffline(mirror, ordinal)) continue;
    const done = mirror.header.stages[stage]?.phase === 'Done';
    const good =
      !FAILURE_VERDICTS.includes(outcome.verdict) && outcome.verdict !== 'Skipped' && outcome.verdict !== 'Deferred';
    if (!done && good) settledAt.set(`${mirror.id}/${stage}`, now);
  }
  for (const { value } of step.updateResults) {
    if (value.regressed !== undefined && mirror.header.stages[value.stage]?.phase === 'Soaking') {
      settledAt.set(`${mirror.id}/${value.stage}`, now);
    }
  }
}

function checkStage(mirror: Mirror, index: number, settledAt: Map<string, number>, view: View, report: Report): void {
  const stage = mirror.header.stages[index]!;
  for (let ordinal = stage.first; ordinal < stage.first + stage.size; ordinal++) {
    if (mirror.results.has(ordinal) || mirror.deferred.has(ordinal)) continue;
    // One that came back from being offline is caught up while later stages run.
    const live = mirror.live.get(ordinal);
    if (live !== undefined && stage.phase === 'Done' && (live.attempt > 1 || wasOffline(mirror, ordinal))) continue;
    report(`${shortName(mirror)} writes beyond stage ${stage.name}, whose cluster ${ordinal} is not settled`);
    return;
  }
  const soakFrom = settledAt.get(`${mirror.id}/${index}`);
  const soakMs = (mirror.request.strategy.stages.find(({ name }) => name === stage.name)?.soak ?? 0) * 1000;
  if (soakFrom !== undefined && view.now() < soakFrom + soakMs - SKEW_MS) {
    report(
      `${shortName(mirror)} writes ${view.now() - soakFrom} ms after stage ${stage.name}, which soaks ${soakMs} ms`,
    );
  }
}

function wasOffline(mirror: Mirror, ordinal: number): boolean {
  return mirror.targets[ordinal]?.offline === true;
}

function checkGate(mirror: Mirror, index: number, side: 'before' | 'after', report: Report): void {
  const stage = mirror.header.stages[index]!;
  const rule = mirror.request.strategy.stages.find(({ name }) => name === stage.name)?.gates[side]?.approval;
  if (rule === undefined) return;
  const { createdBy } = mirror.header;
  const consumed = mirror.commands.filter(({ kind, id }) => kind === 'approve' && !mirror.pending.has(id));
  const people = new Set(consumed.map(({ actor }) => actor.name));
  if (!rule.requesterMayApprove) people.delete(createdBy.name);
  if (people.size < rule.quorum) {
    report(
      `${shortName(mirror)} passes the gate ${side} stage ${stage.name} with ${people.size} of ${rule.quorum} approvals`,
    );
  }
}
