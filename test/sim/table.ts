import { BUGS } from './bugs/index.ts';
import { inMacrotask } from './kernel/drain.ts';
import { runSeed } from './run.ts';
await inMacrotask(() => {
  for (const bug of BUGS.filter(({ name }) => !process.argv[2] || name.includes(process.argv[2]))) {
    const t = process.hrtime.bigint();
    let steps = 0;
    const hits = new Map<string, number>();
    let first = 0;
    for (let seed = 1; seed <= Number(process.argv[3] ?? 60); seed++) {
      const r = runSeed({ seed, bug, oracle: bug.caughtBy });
      steps += r.steps;
      const v = r.violations[0];
      if (v) {
        hits.set(v.oracle, (hits.get(v.oracle) ?? 0) + 1);
        if (!first && bug.caughtBy === v.oracle) first = seed;
      }
    }
    console.log(
      first ? `seed ${first}` : 'MISSED',
      bug.name,
      '|',
      bug.caughtBy,
      '|',
      JSON.stringify([...hits]),
      Math.round(Number(process.hrtime.bigint() - t) / 1e6),
      'ms',
    );
  }
});
