import type { OracleSpec } from './oracle.ts';

/** S4: epochs never go back, rise with every change of holder, and no older rollout takes a lease after a newer one. */
export const S4: OracleSpec = {
  id: 'S4',
  about: 'one live lease per cluster and subject; epochs rise; no older holder after a newer one',
  create: (view, report) => ({
    observe: (fact) => {
      if (fact.kind !== 'leaseWritten' || fact.before === undefined) return;
      const { before, after } = fact;
      const where = `${after.clusterId.slice(-3)}/${after.subject}`;
      const changes = after.holder !== undefined && after.holder !== before.holder;
      if (after.epoch < before.epoch) report(`lease ${where}: epoch went from ${before.epoch} to ${after.epoch}`);
      if (changes && after.epoch <= before.epoch) report(`lease ${where}: holder changed without a new epoch`);
      if (after.newestHolder < before.newestHolder) report(`lease ${where}: the newest holder went back`);
      if (changes && (after.holder ?? '') < before.newestHolder) report(`lease ${where}: an older rollout took it`);
      // Five seconds: the clock difference that the engine tolerates.
      const live = before.holder !== undefined && before.expiresAt > view.now() + 5000;
      if (changes && live && before.holder !== undefined)
        report(`lease ${where}: taken while ${before.holder} still held it`);
    },
  }),
};
