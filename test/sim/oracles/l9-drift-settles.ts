import { isUnderWay } from '../../../src/app/bindings/start-evaluations.ts';
import { isOpen } from '../../../src/core/bindings/measure-state.ts';
import { isComplete } from '../world/compliance-recorder.ts';
import type { OracleSpec } from './oracle.ts';

/** L9: once faults stop, sweeps become complete, measures and evaluations come to their end, and bindings that were deleted are gone. */
export const L9: OracleSpec = {
  id: 'L9',
  about: 'sweeps complete, measures and evaluations end',
  create: (view, report) => ({
    atEnd: () => {
      for (const { sweep, shards } of view.compliance.sweeps.values()) {
        if (sweep.startedAt > (view.healedAt() ?? Infinity) && !isComplete(shards))
          report(`sweep ${sweep.id.slice(-6)} is not complete`);
      }
      for (const { name, measures, deleting, evaluations = [] } of view.compliance.bindings.values()) {
        const open = measures.find(isOpen);
        if (open !== undefined) report(`measure ${open.id.slice(-6)} of binding ${name} is still ${open.state}`);
        const running = evaluations.find(isUnderWay);
        if (running !== undefined) report(`the evaluation for binding ${name} is still ${running.state}`);
        if (deleting === true) report(`binding ${name} was deleted and is still there`);
      }
    },
  }),
};
