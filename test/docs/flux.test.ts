import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isId, readRows, readTags } from './parity-sheet.ts';

const SHEET = readFileSync(resolve(import.meta.dirname, '../../docs/flux.md'), 'utf8');
const ROWS = readRows(SHEET);
const IDS = ROWS.flatMap(({ ids }) => ids);
const TAGS = readTags();

describe('docs/flux.md', () => {
  it('ends each row with its ID', () => {
    expect(ROWS.length).toBeGreaterThan(100);
    expect(ROWS.filter(({ ids }) => !ids.every(isId)).map(({ line, ids }) => `${line}: ${ids.join()}`)).toEqual([]);
  });

  it('has a test for each row', () => {
    const untested = IDS.filter((id) => !id.startsWith('none.') && !TAGS.has(id));
    expect(untested, 'rows without a test: put [ID] into the title of one').toEqual([]);
  });

  it('has a row for each tag', () => {
    const unknown = [...TAGS]
      .filter(([tag]) => !IDS.includes(tag))
      .map(([tag, files]) => `[${tag}] in ${files.join()}`);
    expect(unknown, 'tags without a row: add it to a table').toEqual([]);
  });
});

/** A description of the CLI may lie beside the repository; without it there is nothing to compare with. */
const REFERENCE = resolve(import.meta.dirname, '../../../shared/reference/flux.md');
const isMissing = !existsSync(REFERENCE);

describe.skipIf(isMissing)(isMissing ? `no ${REFERENCE}, nothing to compare with` : 'docs/flux.md and the CLI', () => {
  const reference = isMissing ? '' : readFileSync(REFERENCE, 'utf8');
  const section = (from: string, to: string): string => {
    const [, found = ''] = new RegExp(`\\n### ${from} ([^]*?)\\n### ${to} `).exec(reference) ?? [];
    return found;
  };
  /** The first column of a section's table. */
  const keysOf = (text: string): string[] =>
    [...text.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, key = '']) => key),
    );
  const isSaid = (flag: string): boolean => new RegExp(`(?<![\\w-])${flag}(?![\\w-])`).test(SHEET);

  it.each([
    ['a.0', 'a.1', 6],
    ['a.1', 'a.2', 10],
    ['a.2', 'a.3', 13],
    ['a.3', 'a.4', 5],
    ['a.4', 'a.5', 10],
    ['a.5', 'a.6', 13],
    ['a.6', 'a.7', 1],
    ['a.7', 'a.8', 4],
    ['a.8', 'a.9', 12],
    ['a.10', 'a.11', 15],
  ])('every flag of %s is said', (from, to, atLeast) => {
    const flags = new Set(section(from, to).match(/(?<![\w-])--[a-z][a-z0-9-]*[a-z0-9](?![\w-])/g));
    expect(flags.size).toBeGreaterThanOrEqual(atLeast);
    expect([...flags].filter((flag) => !isSaid(flag))).toEqual([]);
  });

  it('every key of a kustomization is said', () => {
    const keys = keysOf(section('a.6', 'a.7'));
    expect(keys.length).toBeGreaterThanOrEqual(15);
    expect(keys.filter((key) => !SHEET.includes(`\`${key}\``))).toEqual([]);
  });

  it('every setting of the extension is said', () => {
    // Some cells name one key and the ends of its siblings: `a.b.c`, `.d` or `a.b.c/.d`.
    const keys = keysOf(`${/\n### a\.12 ([^]*?)\n---/.exec(reference)?.[1] ?? ''}`).flatMap((cell) => cell.split('/'));
    expect(keys.length).toBeGreaterThanOrEqual(25);
    expect(keys.filter((key) => !SHEET.includes(`${key}\``))).toEqual([]);
  });
});
