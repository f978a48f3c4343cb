import { shortName, type OracleSpec } from './oracle.ts';

/** S5: one verdict per cluster and attempt; once written it never changes, `regressed` is all that may be added. */
export const S5: OracleSpec = {
  id: 'S5',
  about: 'a verdict is written once and never changes',
  create: (_, report) => {
    const verdicts = new Map<string, string>();
    return {
      observe: (fact) => {
        if (fact.kind === 'liveSaved' && fact.before.outcome !== undefined) {
          report(
            `${shortName(fact.mirror)} cluster ${fact.before.ordinal} had ${fact.before.outcome.verdict}, then was saved as ${fact.after.state}`,
          );
        }
        if (fact.kind !== 'committed') return;
        const { mirror, step } = fact;
        for (const row of step.insertResults) {
          const key = `${mirror.id}/${row.ordinal}`;
          if (verdicts.has(key))
            report(`${shortName(mirror)} cluster ${row.ordinal} gets a second verdict ${row.outcome.verdict}`);
          verdicts.set(key, JSON.stringify({ ...row, regressed: undefined }));
        }
        for (const { value } of step.updateResults) {
          const known = verdicts.get(`${mirror.id}/${value.ordinal}`);
          if (known !== JSON.stringify({ ...value, regressed: undefined })) {
            report(`${shortName(mirror)} cluster ${value.ordinal}: its verdict was changed`);
          }
        }
      },
    };
  },
};
