import { Beginnings, bindingOf } from './corrections.ts';
import { shortName, type OracleSpec } from './oracle.ts';

/** S32: once the mass-drift brake of a binding is on, it begins no correction until a person has resumed it. */
export const S32: OracleSpec = {
  id: 'S32',
  about: 'no correction is begun between a brake and a resume',
  create: (view, report) => {
    const beginnings = new Beginnings();
    /** Since when each binding stands still, by its id. */
    const brakedAt = new Map<string, number>();
    return {
      observe: (fact) => {
        beginnings.observe(fact, view.now());
        if (fact.kind === 'bindingWritten') {
          const { id, brake, changes } = fact.after;
          const isResumed = changes.length > 0 && changes.at(-1)?.what === 'Resumed' && brake === undefined;
          if (isResumed) brakedAt.delete(id);
          if (brake !== undefined && !brakedAt.has(id)) brakedAt.set(id, view.now());
        }
        const name = fact.kind === 'created' ? bindingOf(fact.mirror) : undefined;
        if (fact.kind !== 'created' || name === undefined) return;
        const since = brakedAt.get(view.compliance.bindings.get(name)?.id ?? '');
        if (since !== undefined && since < beginnings.of(fact.invocation))
          report(`correction ${shortName(fact.mirror)} begins ${view.now() - since} ms after binding ${name} braked`);
      },
    };
  },
};
