import { Command, InvalidArgumentError } from 'commander';
import { BUGS } from './bugs/index.ts';
import { inMacrotask } from './kernel/drain.ts';
import { runSingleFaults } from './exhaustive.ts';
import { runSeed, type RunOptions, type RunResult } from './run.ts';
import { shrink } from './shrink.ts';
import { emptyTotals, addTo, describe } from './totals.ts';

interface Flags {
  readonly seeds: number;
  readonly from: number;
  readonly seed?: number;
  readonly bug?: string;
  readonly singleFaults?: number;
  readonly trace?: boolean;
  readonly shrink: boolean;
}

/** Lines of the trace that are shown of a failure; the cause is near the end. */
const TRACE_LINES = 120;

const program = new Command('sim')
  .description('Deterministic simulation: the real application over a simulated world, many seeds, many faults.')
  .option('--seeds <count>', 'run this many seeds', whole, 1000)
  .option('--from <seed>', 'first seed', whole, 1)
  .option('--seed <seed>', 'replay one seed and print its whole message sequence', whole)
  .option('--bug <name>', `plant a bug: ${BUGS.map(({ name }) => `"${name}"`).join(', ')}`)
  .option('--single-faults <seed>', 'one fault at a time, at every place of a small scenario of this seed', whole)
  .option('--trace', 'print the whole message sequence of failures')
  .option('--no-shrink', 'report failures as found')
  .action((flags: Flags) => inMacrotask(() => main(flags)));

await program.parseAsync();

function main(flags: Flags): void {
  const bug = BUGS.find(({ name }) => name === flags.bug);
  if (flags.bug !== undefined && bug === undefined) throw new Error(`no bug is called "${flags.bug}"`);
  const planted = bug === undefined ? {} : { bug };
  if (flags.singleFaults !== undefined) runEverywhere(flags.singleFaults);
  else if (flags.seed === undefined) runMany(flags, planted);
  else replay({ seed: flags.seed, ...planted, trace: true });
}

function runMany(flags: Flags, planted: Pick<RunOptions, 'bug'>): void {
  const totals = emptyTotals();
  const startedAt = process.hrtime.bigint();
  for (let seed = flags.from; seed < flags.from + flags.seeds; seed++) {
    const result = runSeed({ seed, ...planted });
    addTo(totals, result);
    if (result.violations.length > 0) reportFailure(flags, { seed, ...planted }, result);
  }
  console.log(describe(totals, Number(process.hrtime.bigint() - startedAt) / 1e9));
  if (totals.failures > 0) process.exitCode = 1;
}

function runEverywhere(seed: number): void {
  const totals = emptyTotals();
  const startedAt = process.hrtime.bigint();
  for (const result of runSingleFaults(seed)) {
    addTo(totals, result);
    const [first] = result.violations;
    if (first !== undefined)
      console.log(`${[...result.fired.keys()].join()} breaks ${first.oracle} at ${first.at}: ${first.detail}`);
  }
  console.log(describe(totals, Number(process.hrtime.bigint() - startedAt) / 1e9));
  if (totals.failures > 0) process.exitCode = 1;
}

function reportFailure(flags: Flags, options: RunOptions, { violations, hash }: RunResult): void {
  const [first] = violations;
  if (first === undefined) return;
  console.log(`\nseed ${options.seed} breaks ${first.oracle} at ${first.at} (hash ${hash})\n  ${first.detail}`);
  if (!flags.shrink) return;
  const { needed, result, runs, options: small } = shrink(options, first.oracle);
  console.log(
    `  shrunk in ${runs} runs to at most ${JSON.stringify(small.size)}; faults needed: ${needed.join(', ') || 'none'}`,
  );
  console.log(
    result.trace
      .slice(flags.trace === true ? 0 : -TRACE_LINES)
      .map((line) => `  | ${line}`)
      .join('\n'),
  );
}

function replay(options: RunOptions): void {
  const result = runSeed(options);
  console.log(result.trace.join('\n'));
  for (const { oracle, at, detail } of result.violations)
    console.log(`seed ${options.seed} breaks ${oracle} at ${at}: ${detail}`);
  console.log(
    `seed ${options.seed}: hash ${result.hash}, ${result.steps} steps, ends ${result.ends.join(', ') || 'none'}`,
  );
  if (result.violations.length > 0) process.exitCode = 1;
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('must be a whole number');
  return value;
}
