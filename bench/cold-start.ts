import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface ColdStartFigures {
  readonly bench: 'cold start';
  readonly functions: number;
  /** Median from the start of a process until the functions are registered. */
  readonly registeredMs: number;
  /** Median from the start of a process until what the functions call is loaded too: what the first call waits for. */
  readonly loadedMs: number;
  readonly mainKiB: number;
  readonly applicationMiB: number;
  /** Read by the first call too, where there is a collector. */
  readonly telemetryMiB: number;
}

/** What one process prints. */
interface Start {
  readonly functions: number;
  readonly registeredAt: number;
  readonly loadedAt: number;
}

const ROOT = path.resolve(import.meta.dirname, '..');

/** Builds what is deployed and starts it in fresh processes, one after the other, with the files in the disk cache: what the platform does before (fetch the package) is not in it. */
export function benchColdStart(starts: number): ColdStartFigures {
  const folder = mkdtempSync(path.join(tmpdir(), 'flotilla-cold-start-'));
  try {
    execFileSync(process.execPath, [path.join(ROOT, 'tools/build.ts'), folder], { stdio: 'ignore' });
    const [main, application] = [path.join(folder, 'main.cjs'), path.join(folder, 'application.cjs')] as const;
    const times = Array.from({ length: starts }, () => startOnce(main, application));
    return {
      bench: 'cold start',
      functions: times[0]?.functions ?? 0,
      registeredMs: median(times.map(({ registeredMs }) => registeredMs)),
      loadedMs: median(times.map(({ loadedMs }) => loadedMs)),
      mainKiB: Math.round(statSync(main).size / 1024),
      applicationMiB: mebibytes(application),
      telemetryMiB: mebibytes(path.join(folder, 'telemetry.cjs')),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function startOnce(main: string, application: string): { functions: number; registeredMs: number; loadedMs: number } {
  const startedAt = performance.timeOrigin + performance.now();
  const script = path.join(import.meta.dirname, 'cold-start-process.cjs');
  const printed = execFileSync(process.execPath, [script, main, application], { encoding: 'utf8' });
  const { functions, registeredAt, loadedAt } = JSON.parse(printed) as Start;
  return { functions, registeredMs: registeredAt - startedAt, loadedMs: loadedAt - startedAt };
}

function mebibytes(file: string): number {
  return Number((statSync(file).size / 1024 / 1024).toFixed(1));
}

function median(values: readonly number[]): number {
  return Math.round(values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0);
}
