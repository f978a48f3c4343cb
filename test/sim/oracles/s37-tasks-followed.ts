import type { BindingRecord, Measure } from '../../../src/contracts/policy-binding.ts';
import { Beginnings } from './corrections.ts';
import type { OracleSpec } from './oracle.ts';
import { taskName } from './s36-remediations.ts';

/**
 * S37: a task runs on only while a binding follows it: one that is given up, or whose binding is removed, is cancelled before. What a
 * binding says of a task that has ended is what Azure says.
 */
export const S37: OracleSpec = {
  id: 'S37',
  about: 'no remediation task runs on that nobody follows, and its end is told as it was',
  create: (view, report) => {
    const beginnings = new Beginnings();
    const begunAt = new Map<string, number>();
    return {
      observe: (fact) => {
        beginnings.observe(fact, view.now());
        if (fact.kind === 'taskBegun' && !begunAt.has(fact.request.name)) begunAt.set(fact.request.name, view.now());
        if (fact.kind === 'bindingWritten') {
          for (const measure of fact.after.measures) {
            const before = fact.before?.measures.find(({ id }) => id === measure.id);
            if (isGivenUp(measure) && !(before !== undefined && isGivenUp(before)))
              checkStopped(measure, fact.after, view.now());
          }
        }
        if (fact.kind === 'bindingRemoved') {
          // What another invocation begins meanwhile is cancelled by that one.
          for (const measure of fact.before.measures)
            checkStopped(measure, fact.before, beginnings.of(fact.invocation));
        }
      },
      atEnd: () => {
        for (const record of view.compliance.bindings.values()) {
          for (const measure of record.measures) checkEnd(measure);
        }
      },
    };

    function checkStopped(measure: Measure, { name }: BindingRecord, until: number): void {
      const task = view.policy.remediations.find(({ request }) => request.name === taskName(measure));
      if (task?.provisioningState !== 'Accepted' || (begunAt.get(taskName(measure)) ?? Infinity) >= until) return;
      report(`task ${taskName(measure)} of binding ${name} runs on, and nobody follows it`);
    }

    function checkEnd(measure: Measure): void {
      if (measure.kind !== 'remediation' || measure.state !== 'Ended') return;
      const task = view.policy.remediations.find(({ request }) => request.name === taskName(measure));
      const told = measure.deployments;
      if (task === undefined || (task.total === told?.total && task.successful === told.successful)) return;
      report(`task ${taskName(measure)} deployed ${task.successful} of ${task.total}, not ${JSON.stringify(told)}`);
    }
  },
};

/** Nobody looks at it any more, though its end was not seen. */
function isGivenUp({ kind, state }: Measure): boolean {
  return kind === 'remediation' && (state === 'Dropped' || state === 'Refused');
}
