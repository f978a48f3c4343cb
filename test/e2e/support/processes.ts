import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const ROOT = path.resolve(import.meta.dirname, '../../..');

/** A command of the local cloud that runs. */
export interface Started {
  readonly child: ChildProcess & { readonly pid: number };
  readonly output: string[];
  /** Resolves once a line of stdout contains the text; rejects when the process ends before. */
  line(text: string): Promise<string>;
  /** Resolves with code and signal. */
  readonly ended: Promise<[number | null, string | null]>;
}

/** The hook of one test: concurrent tests have to say whose end they mean. */
export type OnTestFinished = (cleanUp: () => Promise<void> | void) => void;

/** Starts a command of the local cloud as a process in a folder. Killed at the end of the test. */
export function runLocal(onTestFinished: OnTestFinished, script: string, folder: string, ...flags: string[]): Started {
  const child = spawn(process.execPath, [path.join(ROOT, script), ...flags], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output: string[] = [];
  const waiting = new Set<() => void>();
  const heard = (line: string): void => {
    output.push(line);
    for (const wake of waiting) wake();
  };
  createInterface({ input: child.stdout }).on('line', heard);
  createInterface({ input: child.stderr }).on('line', heard);
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  const line = async (text: string): Promise<string> => {
    for (;;) {
      const found = output.find((each) => each.includes(text));
      if (found !== undefined) return found;
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const wake = (): void => resolve(undefined);
      waiting.add(wake);
      const isOver = await Promise.race([promise.then(() => false), ended.then(() => true)]);
      waiting.delete(wake);
      if (isOver) throw new Error(`${script} ended without '${text}':\n${output.join('\n')}`);
    }
  };
  return { child: child as Started['child'], output, line, ended };
}

/** A folder that is removed at the end of the test. */
export async function temporaryFolder(onTestFinished: OnTestFinished): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'flotilla-e2e-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Process ids of everything that this process started, directly or not. */
export function descendantsOf(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const found = [pid];
  for (const parent of found) found.push(...pairs.flatMap(([child, of]) => (of === parent && child ? [child] : [])));
  return found.slice(1);
}

/** Resolves once none of the processes is there any more; the deadline of the test bounds it. */
export async function untilGone(pids: readonly number[]): Promise<void> {
  while (pids.some(isAlive)) await sleep(50);
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
