import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import picomatch from 'picomatch';
import { describeError } from './describe-error.ts';
import { HostError } from './host-error.ts';

const SOURCE_FILE = /\.(ts|mts|js|mjs|cjs)$/;

/**
 * Imports the app: a folder of sources, a glob of them, or one file such as the built bundle, like `main` in the
 * app's package.json. Files are imported in order of name. `generation` makes a second load in one process run the
 * entry files again (what they import stays shared).
 */
export async function loadEntry(entry: string, generation: number): Promise<void> {
  const files = await entryFiles(path.resolve(entry));
  if (files.length === 0) throw new HostError('NO_ENTRY', `"${entry}" matches no source file.`);
  for (const file of files) {
    const url = pathToFileURL(file);
    if (generation > 0) url.searchParams.set('generation', String(generation));
    try {
      await import(url.href);
    } catch (error) {
      throw new HostError('ENTRY_FAILED', `Loading ${file} failed: ${describeError(error)}`, error);
    }
  }
}

async function entryFiles(entry: string): Promise<string[]> {
  const { base, glob } = picomatch.scan(entry);
  const info = await stat(glob === '' ? entry : base).catch(() => undefined);
  if (info === undefined)
    throw new HostError('NO_ENTRY', `"${entry}" does not exist. Give a folder, a glob or a file.`);
  if (info.isFile()) return [entry];
  const folder = glob === '' ? entry : base;
  const matches = picomatch(glob === '' ? '*' : glob);
  const names = await readdir(folder, { recursive: glob !== '' });
  return names
    .filter((name) => SOURCE_FILE.test(name) && !name.endsWith('.d.ts') && matches(name))
    .sort()
    .map((name) => path.join(folder, name));
}
