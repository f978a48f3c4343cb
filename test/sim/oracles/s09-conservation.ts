import { hasEnded } from '../../../src/contracts/rollout-state.ts';
import type { Mirror } from '../world/facts.ts';
import { shortName, type OracleSpec } from './oracle.ts';

/** S9: every target is in exactly one place: not dispatched yet, in flight, waited for, or with a verdict; counters agree. */
export const S9: OracleSpec = {
  id: 'S9',
  about: 'no cluster is lost or counted twice, and the header’s counters agree with the rows',
  create: (_, report) => ({
    observe: (fact) => {
      if (fact.kind !== 'committed') return;
      const problem = misplaced(fact.mirror) ?? miscounted(fact.mirror);
      if (problem !== undefined) report(`${shortName(fact.mirror)}: ${problem}`);
    },
  }),
};

function misplaced({ header, live, results, deferred }: Mirror): string | undefined {
  for (const stage of header.stages) {
    for (let ordinal = stage.first; ordinal < stage.first + stage.size; ordinal++) {
      const places = Number(live.has(ordinal)) + Number(results.has(ordinal)) + Number(deferred.has(ordinal));
      if (places > 1) return `cluster ${ordinal} is in ${places} places`;
      const dispatched = ordinal < stage.next;
      // A cancel settles the clusters that were never reached by count alone.
      if (dispatched && places === 0 && !hasEnded(header.status)) return `cluster ${ordinal} is nowhere`;
      if (!dispatched && places > 0) return `cluster ${ordinal} was not dispatched, but has a row`;
    }
  }
  return undefined;
}

function miscounted({ header, results, deferred }: Mirror): string | undefined {
  if (hasEnded(header.status)) return undefined;
  for (const [index, stage] of header.stages.entries()) {
    const rows = [...results.values()].filter((row) => row.stage === index);
    for (const [verdict, count] of Object.entries(stage.counts)) {
      const found = rows.filter(({ outcome }) => outcome.verdict === verdict).length;
      if (found !== count) return `stage ${stage.name} counts ${count} ${verdict}, its rows say ${found}`;
    }
    const waiting = [...deferred.values()].filter((row) => row.stage === index).length;
    if (waiting !== stage.deferred)
      return `stage ${stage.name} counts ${stage.deferred} deferred, its rows say ${waiting}`;
    const regressed = rows.filter((row) => row.regressed !== undefined).length;
    if (regressed !== stage.regressed)
      return `stage ${stage.name} counts ${stage.regressed} regressed, its rows say ${regressed}`;
  }
  return undefined;
}
