import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { RolloutRequest } from '../src/contracts/rollout-request.ts';

const FOLDER = resolve(import.meta.dirname, '../examples');
const FILES = readdirSync(FOLDER).filter((file) => file.endsWith('.yaml'));
const README = readFileSync(join(FOLDER, 'README.md'), 'utf8');

const textOf = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');
const environmentOf = (text: string): string[] =>
  [...text.matchAll(/: env:([A-Z_]+)/g)].flatMap(([, name]) => name ?? []);

describe('the examples', () => {
  it.each(FILES)('%s is a rollout request', (file) => {
    expect(RolloutRequest.safeParse(parse(textOf(file))).error?.issues ?? []).toEqual([]);
  });

  it.each(FILES)('%s begins with what it is for', (file) => {
    expect(textOf(file)).toMatch(/^# [A-Z]/);
  });

  it('are listed, every one once', () => {
    const listed = [...README.matchAll(/^\| \[`([a-z0-9-]+\.yaml)`\]\(([a-z0-9-]+\.yaml)\)/gm)];
    expect(listed.map(([, shown]) => shown).sort()).toEqual(FILES.toSorted());
    expect(listed.map(([, shown]) => shown)).toEqual(listed.map(([, , target]) => target));
  });

  it('read the secrets that are listed', () => {
    const listed = [...README.matchAll(/^\| `([A-Z_]+)` \| `([a-z-]+\.yaml)`/gm)].map(
      ([, name, file]) => `${file} ${name}`,
    );
    const used = FILES.flatMap((file) => environmentOf(textOf(file)).map((name) => `${file} ${name}`));
    expect(listed.sort()).toEqual(used.sort());
  });

  it.each(FILES)('%s tells how its secrets read in Azure', (file) => {
    const text = textOf(file);
    const vaults = text.match(/https:\/\/YOUR-VAULT\.vault\.azure\.net\/secrets\//g) ?? [];
    expect(vaults).toHaveLength(environmentOf(text).length);
  });
});
