import { resolveAmount } from '../../../src/contracts/amount.ts';
import { FAILURE_VERDICTS } from '../../../src/contracts/verdict.ts';
import type { Mirror } from '../world/facts.ts';
import { shortName, type OracleSpec } from './oracle.ts';

/**
 * S7: once more clusters have failed than the plan allows, no cluster is claimed any more, until a person resumes. Failures
 * are counted from result rows, limits are resolved from the request.
 */
export const S7: OracleSpec = {
  id: 'S7',
  about: 'no claim after the failure budget is broken',
  create: (_, report) => {
    const excused = new Map<string, number[]>();
    return {
      observe: (fact) => {
        if (fact.kind === 'committed') {
          const { mirror, step } = fact;
          const resumed = mirror.commands.some(({ id, kind }) => kind === 'resume' && step.deleteCommands.includes(id));
          if (resumed && fact.before.stop === 'halt')
            excused.set(
              mirror.id,
              failuresByStage(
                mirror,
                fact.step.insertResults.map(({ ordinal }) => ordinal),
              ),
            );
          return;
        }
        if (fact.kind !== 'liveSaved' || fact.before.state !== 'queued' || fact.after.state !== 'claimed') return;
        const problem = breach(fact.mirror, excused.get(fact.mirror.id) ?? []);
        if (problem !== undefined)
          report(`${shortName(fact.mirror)} claims cluster ${fact.after.ordinal} although ${problem}`);
      },
    };
  },
};

/** Failures per stage; those accounted by the very commit that resumed are counted afresh. */
function failuresByStage(mirror: Mirror, without: readonly number[] = []): number[] {
  const counts = mirror.header.stages.map(() => 0);
  for (const { stage, ordinal, outcome, regressed } of mirror.results.values()) {
    if (without.includes(ordinal)) continue;
    const failures = (FAILURE_VERDICTS.includes(outcome.verdict) ? 1 : 0) + (regressed === undefined ? 0 : 1);
    counts[stage] = (counts[stage] ?? 0) + failures;
  }
  return counts;
}

function breach(mirror: Mirror, excused: readonly number[]): string | undefined {
  const { strategy } = mirror.request;
  const failures = failuresByStage(mirror).map((count, index) => count - (excused[index] ?? 0));
  for (const [index, stage] of mirror.header.stages.entries()) {
    const asked = strategy.stages.find(({ name }) => name === stage.name)?.maxFailures;
    // A stage without a budget of its own is bound by the rollout's alone.
    const allowed = asked === undefined ? stage.size : resolveAmount(asked, stage.size);
    if ((failures[index] ?? 0) > allowed)
      return `stage ${stage.name} has ${failures[index] ?? 0} failures, ${allowed} allowed`;
  }
  const all = failures.reduce((sum, count) => sum + count, 0);
  const allowed = resolveAmount(strategy.maxFailures, mirror.targets.length);
  return all > allowed ? `it has ${all} failures, ${allowed} allowed` : undefined;
}
