import { Refusal, Transient } from '../../../src/contracts/errors.ts';
import type { OracleSpec } from './oracle.ts';

/** S23: handlers fail with transient faults only; anything else is a bug. */
export const S23: OracleSpec = {
  id: 'S23',
  about: 'handlers throw nothing but Transient (and Refusal towards people)',
  create: (_, report) => ({
    observe: (fact) => {
      if (fact.kind !== 'failed' || fact.error instanceof Transient || fact.error instanceof Refusal) return;
      const { error } = fact;
      report(
        `${fact.invocation.about} threw ${error instanceof Error ? (error.stack ?? error.message).slice(0, 600) : String(error)}`,
      );
    },
  }),
};
