import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';

/** What somebody deploys by itself; the other templates are modules of these. */
const ENTRIES = ['main', 'fleet-access/subscriptions', 'fleet-access/management-group'];

/** A command line that compiles: `bicep`, or the Azure CLI with its own copy. */
interface Compiler {
  readonly command: string;
  readonly probe: readonly string[];
  readonly build: (template: string, out: string) => readonly string[];
}

const COMPILERS: readonly Compiler[] = [
  { command: 'bicep', probe: ['--version'], build: (template, out) => ['build', template, '--outfile', out] },
  {
    command: 'az',
    probe: ['bicep', 'version'],
    build: (template, out) => ['bicep', 'build', '--file', template, '--outfile', out],
  },
];

/**
 * Compiles and lints the templates into `.local/infra/` with the Bicep compiler of this machine. Most development machines have
 * none, and then nothing is compiled and the exit code is 0: `npm test` holds the templates against the code without one. A
 * pipeline that must compile says `--require`; without a compiler that ends with 1.
 */
function main(): number {
  const compiler = COMPILERS.find(({ command, probe }) => run(command, probe, 'ignore') === 0);
  if (compiler === undefined) {
    const isRequired = process.argv.includes('--require');
    console.log('There is no Bicep compiler on this machine (bicep, or az with bicep): nothing was compiled.');
    console.log('Syntax, names and contents of the templates are tested without one: npx vitest run test/infra');
    return isRequired ? 1 : 0;
  }
  const root = path.resolve(import.meta.dirname, '..');
  const failed = ENTRIES.filter((entry) => {
    const out = path.join(root, '.local', 'infra', `${entry}.json`);
    mkdirSync(path.dirname(out), { recursive: true });
    return run(compiler.command, compiler.build(path.join(root, 'infra', `${entry}.bicep`), out), 'inherit') !== 0;
  });
  for (const entry of ENTRIES) console.log(`infra/${entry}.bicep: ${failed.includes(entry) ? 'failed' : 'compiled'}`);
  return failed.length === 0 ? 0 : 1;
}

/** The exit code; undefined when there is no such command. */
function run(command: string, args: readonly string[], stdio: 'ignore' | 'inherit'): number | undefined {
  // On Windows the Azure CLI is a batch file, which only a shell runs.
  const { status } = spawnSync(command, args, { stdio, shell: process.platform === 'win32' });
  return status ?? undefined;
}

process.exitCode = main();
