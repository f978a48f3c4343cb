import { runSeed } from './run.ts';
const [from, to, trace] = process.argv.slice(2);
const started = process.hrtime.bigint();
let steps = 0;
const ends = new Map<string, number>();
const verdicts = new Map<string, number>();
let bad = 0;
setImmediate(() => {
  for (let seed = Number(from); seed <= Number(to); seed++) {
    const r = runSeed({ seed, trace: trace === 'trace' });
    steps += r.steps;
    for (const e of r.ends) ends.set(e, (ends.get(e) ?? 0) + 1);
    for (const [v, n] of r.verdicts) verdicts.set(v, (verdicts.get(v) ?? 0) + n);
    if (r.violations.length > 0) {
      bad++;
      console.log(seed, r.violations[0]!.oracle, r.violations[0]!.at, r.violations[0]!.detail.slice(0, 400));
    }
    if (trace === 'trace') console.log(r.trace.join('\n'));
  }
  const s = Number(process.hrtime.bigint() - started) / 1e9;
  console.log(
    { steps, perSecond: Math.round(steps / s), bad, seconds: s },
    Object.fromEntries(ends),
    Object.fromEntries(verdicts),
  );
});
