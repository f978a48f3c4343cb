import { resolveAmount } from '../../../src/contracts/amount.ts';
import type { LiveRow } from '../../../src/contracts/cluster-rows.ts';
import type { Mirror } from '../world/facts.ts';
import { shortName, type OracleSpec } from './oracle.ts';

/** S1: clusters disrupted at once stay within `maxConcurrency`, counted from committed rows. */
export const S1: OracleSpec = {
  id: 'S1',
  about: 'clusters in flight never exceed the open stage’s maxConcurrency',
  create: (_, report) => ({
    observe: (fact) => {
      if (fact.kind !== 'committed' && fact.kind !== 'liveSaved') return;
      const { mirror } = fact;
      const inFlight = [...mirror.live.values()].filter(holdsSlot);
      const grew = fact.kind === 'committed' ? grows(fact.step) : !holdsSlot(fact.before) && holdsSlot(fact.after);
      // A stage with a lower limit may inherit clusters that came back; it must not add to them.
      const limit = openLimit(mirror);
      if (grew && inFlight.length > limit) {
        report(`${shortName(mirror)} has ${inFlight.length} clusters in flight, ${limit} allowed`);
      }
    },
  }),
};

function holdsSlot(row: LiveRow): boolean {
  return row.state !== 'held' && row.state !== 'done' && row.outcome === undefined;
}

function grows({
  insertLive,
  updateLive,
}: {
  insertLive: readonly LiveRow[];
  updateLive: readonly { value: LiveRow }[];
}): boolean {
  return insertLive.some(holdsSlot) || updateLive.some(({ value }) => value.state === 'queued');
}

/** The open stage's limit, resolved from the request: percents floor, at least one. */
function openLimit({ header, request }: Mirror): number {
  const open = header.stages.find(({ phase }) => phase !== 'Done') ?? header.stages[header.stages.length - 1];
  const asked = request.strategy.stages.find(({ name }) => name === open?.name)?.maxConcurrency;
  return Math.max(1, resolveAmount(asked ?? request.strategy.maxConcurrency, open?.size ?? 0));
}
