import type { StagePhase } from '../../../src/contracts/rollout-state.ts';
import type { LiveRow } from '../../../src/contracts/cluster-rows.ts';
import { shortName, type OracleSpec } from './oracle.ts';

const PHASES: readonly StagePhase[] = ['Pending', 'GateBefore', 'Running', 'Soaking', 'GateAfter', 'Done'];

/** S22: stages, cursors, attempts, steps, actions and audit numbers never go back; what was changed stays so; the audit trail has no gaps. */
export const S22: OracleSpec = {
  id: 'S22',
  about: 'stages, cursors, attempts, steps, actions and audit numbers only go forward',
  create: (_, report) => {
    const steps = new Map<string, Pick<LiveRow, 'attempt' | 'step' | 'action' | 'changed'>>();
    return {
      observe: (fact) => {
        if (fact.kind === 'liveSaved') checkStep(fact.mirror.id, fact.after);
        if (fact.kind !== 'committed') return;
        const { mirror, before, step } = fact;
        for (const [index, stage] of mirror.header.stages.entries()) {
          const was = before.stages[index];
          if (was === undefined) continue;
          if (stage.next < was.next) report(`${shortName(mirror)}: the cursor of ${stage.name} went back`);
          if (PHASES.indexOf(stage.phase) < PHASES.indexOf(was.phase))
            report(`${shortName(mirror)}: ${stage.name} went from ${was.phase} to ${stage.phase}`);
        }
        const expected = before.eventSequence + (step.event === undefined ? 0 : 1);
        if (mirror.header.eventSequence !== expected)
          report(`${shortName(mirror)}: audit number ${mirror.header.eventSequence} after ${before.eventSequence}`);
        if (step.event !== undefined && step.event.previousHash !== before.eventHash)
          report(`${shortName(mirror)}: the audit chain is broken`);
        for (const row of step.insertLive) checkStep(mirror.id, row);
        for (const { value } of step.updateLive) checkStep(mirror.id, value);
      },
    };
    function checkStep(rolloutId: string, row: LiveRow): void {
      const { ordinal, attempt, step, action, changed, wrote } = row;
      const key = `${rolloutId}/${ordinal}`;
      const last = steps.get(key);
      steps.set(key, { attempt, step, action, changed: changed || wrote });
      if (last === undefined) return;
      if (attempt < last.attempt || (attempt === last.attempt && step < last.step))
        report(`cluster ${key}: attempt ${last.attempt} step ${last.step} went back to ${attempt}/${step}`);
      if (action < last.action) report(`cluster ${key} went from action ${last.action} back to ${action}`);
      if (last.changed && !changed && !wrote) report(`cluster ${key} was changed, and that is forgotten`);
    }
  },
};
