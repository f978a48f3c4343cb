import { beforeAll, describe, expect, it } from 'vitest';
import { END_STATUSES } from '../../src/contracts/rollout-state.ts';
import { Verdict } from '../../src/contracts/verdict.ts';
import { BUGS } from './bugs/index.ts';
import { inMacrotask } from './kernel/drain.ts';
import { runSingleFaults } from './exhaustive.ts';
import { FAULT_KINDS } from './kernel/faults.ts';
import { ORACLES } from './oracles/index.ts';
import { runSeed, runSeedPortably, type RunResult } from './run.ts';
import { shrink, type Shrunk } from './shrink.ts';
import { addTo, emptyTotals } from './totals.ts';

const SEEDS = 500;
const WRITES = [
  ...['putConfiguration', 'patchConfiguration', 'deleteConfiguration', 'deleteFluxV1'],
  ...['putExtension', 'patchExtension', 'deleteExtension'],
];
const DRIFT = [
  ...['sweeps', 'complete', 'corrections', 'brakes', 'resumes', 'flapping'],
  ...['tasks', 'deployed', 'evaluations', 'reports'],
];
/** Seeds that are run twice: one in twenty. */
const REPEATED_EVERY = 20;
/** A planted bug has to be caught within this many seeds. */
const BUG_SEEDS_MAX = 400;

describe('the application in the simulated world', () => {
  const results: RunResult[] = [];

  beforeAll(async () => {
    await inMacrotask(() => {
      for (let seed = 1; seed <= SEEDS; seed++) results.push(runSeed({ seed }));
    });
  }, 180_000);

  it('keeps every property in every seed', () => {
    const failures = results.flatMap(({ seed, violations: [first] }) =>
      first === undefined ? [] : [`seed ${seed} breaks ${first.oracle} at ${first.at}: ${first.detail}`],
    );
    expect(failures).toEqual([]);
  });

  it('meets every fault, every verdict, every end, every kind of write and of drift handling', () => {
    const totals = emptyTotals();
    for (const result of results) addTo(totals, result);
    expect(FAULT_KINDS.filter((kind) => !totals.faults.has(kind))).toEqual([]);
    expect(Verdict.options.filter((verdict) => !totals.verdicts.has(verdict))).toEqual([]);
    expect(END_STATUSES.filter((status) => !totals.ends.has(status))).toEqual([]);
    expect(WRITES.filter((method) => !totals.writes.has(method))).toEqual([]);
    expect(DRIFT.filter((what) => !totals.drift.has(what))).toEqual([]);
  });

  it('replays a seed exactly, with either drain', async () => {
    const again = results.filter(({ seed }) => seed % REPEATED_EVERY === 0);
    const fast = await inMacrotask(() => again.map(({ seed }) => runSeed({ seed }).hash));
    expect(fast).toEqual(again.map(({ hash }) => hash));
    const [one, other] = again;
    expect((await runSeedPortably({ seed: one!.seed })).hash).toBe(one!.hash);
    expect((await runSeedPortably({ seed: other!.seed })).hash).toBe(other!.hash);
  }, 60_000);
});

describe('one fault at a time', () => {
  it.each([
    [3, 25],
    [4, 25],
    [5, 8],
  ])(
    'keeps every property wherever it strikes (scenario %i)',
    async (seed, places) => {
      const runs = await inMacrotask(() => [...runSingleFaults(seed, places)]);
      const failures = runs.flatMap(({ fired, violations: [first] }) =>
        first === undefined
          ? []
          : [`${[...fired.keys()].join()} breaks ${first.oracle} at ${first.at}: ${first.detail}`],
      );
      expect(failures).toEqual([]);
      expect(runs.length).toBeGreaterThan(100);
      expect(runs.filter(({ fired }) => fired.size !== 1)).toEqual([]);
    },
    60_000,
  );
});

describe('planted bugs', () => {
  it('has one for every property', () => {
    const planted = new Set(BUGS.map(({ caughtBy }) => caughtBy));
    expect(ORACLES.map(({ id }) => id).filter((id) => !planted.has(id))).toEqual([]);
  });

  it.each(BUGS)(
    '$caughtBy catches: $name',
    async (bug) => {
      const caughtAt = await inMacrotask(() => {
        for (let seed = 1; seed <= BUG_SEEDS_MAX; seed++) {
          if (runSeed({ seed, bug, oracle: bug.caughtBy }).violations.length > 0) return seed;
        }
        return undefined;
      });
      expect(caughtAt).toBeDefined();
    },
    60_000,
  );

  it('shrinks failures to what they need, and the shrunk runs still fail', async () => {
    const bug = BUGS.find(({ caughtBy }) => caughtBy === 'S1')!;
    const shrunk = await inMacrotask(() => {
      const all: { found: RunResult; small: Shrunk }[] = [];
      for (let seed = 1; all.length < 4; seed++) {
        const found = runSeed({ seed, bug });
        if (found.violations[0]?.oracle === 'S1') all.push({ found, small: shrink({ seed, bug }, 'S1') });
      }
      return all;
    });
    for (const { found, small } of shrunk) {
      const { result, needed } = small;
      expect(result.violations.map(({ oracle }) => oracle)).toContain('S1');
      expect(result.trace.at(-1)).toContain('VIOLATION S1');
      expect(needed.length).toBeLessThanOrEqual(2);
      expect(result.clusters).toBeLessThanOrEqual(found.clusters);
    }
    // Not every fleet can be smaller: which clusters a request selects depends on all of them.
    expect(shrunk.some(({ found, small }) => small.result.clusters < found.clusters)).toBe(true);
    expect(shrunk.some(({ found, small }) => small.result.steps < found.steps)).toBe(true);
  }, 60_000);
});
