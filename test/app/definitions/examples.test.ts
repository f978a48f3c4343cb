import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Definition } from '../../../src/contracts/definition.ts';
import { findDefinitionProblems } from '../../../src/core/definition/problems.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const FOLDER = join(ROOT, 'examples/definitions');
const FILES = readdirSync(FOLDER);

/** The one block of YAML in the page on definitions that shows one. */
const [, documented] =
  /```yaml\n(follows:[\s\S]*?)```/.exec(readFileSync(join(ROOT, 'docs/definitions.md'), 'utf8')) ?? [];

function problems(text: string): unknown[] {
  const { data, error } = Definition.safeParse(parse(text));
  return data === undefined ? (error?.issues ?? []) : findDefinitionProblems(data);
}

describe('the examples of definitions', () => {
  it.each(FILES)('%s can be stored, and begins with what it is for', (file) => {
    const text = readFileSync(join(FOLDER, file), 'utf8');
    expect(problems(text)).toEqual([]);
    expect(text).toMatch(/^# [A-Z]/);
  });

  it('are listed, every one once', () => {
    const readme = readFileSync(join(ROOT, 'examples/README.md'), 'utf8');
    const listed = [...readme.matchAll(/^\| \[`definitions\/([a-z-]+\.yaml)`\]\(definitions\/([a-z-]+\.yaml)\)/gm)];
    expect(listed.map(([, shown]) => shown).sort()).toEqual(FILES.toSorted());
    expect(listed.map(([, shown]) => shown)).toEqual(listed.map(([, , target]) => target));
  });

  it('include the one that the documentation shows', () => {
    expect(problems(documented ?? 'nothing')).toEqual([]);
  });
});
