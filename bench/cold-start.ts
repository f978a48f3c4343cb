import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface ColdStartFigures {
  readonly bench: 'cold start';
  readonly functions: number;
  /** Median from the start of a process until the functions are registered. */
  readonly registeredMs: number;
  /** Median from the start of a process until the settings can be read too: wrong ones keep it from starting. */
  readonly startedMs: number;
  /** Median from the start of a process until what the functions call is loaded too: what the first call waits for. */
  readonly loadedMs: number;
  readonly mainKiB: number;
  readonly settingsMiB: number;
  readonly applicationMiB: number;
  /** Read by the first call too, where there is a collector. */
  readonly telemetryMiB: number;
}

/** What one process prints. */
interface Start {
  readonly functions: number;
  readonly registeredAt: number;
  readonly startedAt: number;
  readonly loadedAt: number;
}

const ROOT = path.resolve(import.meta.dirname, '..');

/** Builds what is deployed and starts it in fresh processes, one after the other, with the files in the disk cache: what the platform does before (fetch the package) is not in it. */
export function benchColdStart(starts: number): ColdStartFigures {
  const folder = mkdtempSync(path.join(tmpdir(), 'flotilla-cold-start-'));
  try {
    execFileSync(process.execPath, [path.join(ROOT, 'tools/build.ts'), folder], { stdio: 'ignore' });
    const files = ['main.cjs', 'settings.cjs', 'application.cjs'].map((file) => path.join(folder, file));
    const [main = '', settings = '', application = ''] = files;
    const times = Array.from({ length: starts }, () => startOnce(files));
    return {
      bench: 'cold start',
      functions: times[0]?.functions ?? 0,
      registeredMs: median(times.map(({ registeredMs }) => registeredMs)),
      startedMs: median(times.map(({ startedMs }) => startedMs)),
      loadedMs: median(times.map(({ loadedMs }) => loadedMs)),
      mainKiB: Math.round(statSync(main).size / 1024),
      settingsMiB: mebibytes(settings),
      applicationMiB: mebibytes(application),
      telemetryMiB: mebibytes(path.join(folder, 'telemetry.cjs')),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function startOnce(files: readonly string[]): Record<'functions' | 'registeredMs' | 'startedMs' | 'loadedMs', number> {
  const beganAt = performance.timeOrigin + performance.now();
  const script = path.join(import.meta.dirname, 'cold-start-process.cjs');
  const printed = execFileSync(process.execPath, [script, ...files], { encoding: 'utf8' });
  const { functions, registeredAt, startedAt, loadedAt } = JSON.parse(printed) as Start;
  const registeredMs = registeredAt - beganAt;
  return { functions, registeredMs, startedMs: startedAt - beganAt, loadedMs: loadedAt - beganAt };
}

function mebibytes(file: string): number {
  return Number((statSync(file).size / 1024 / 1024).toFixed(1));
}

function median(values: readonly number[]): number {
  return Math.round(values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0);
}
