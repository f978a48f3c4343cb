import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseBicep } from './support/bicep.ts';
import { nameErrors } from './support/symbols.ts';
import { INFRA, json, TEMPLATES, template } from './support/templates.ts';

const FILES = TEMPLATES.map(({ file }) => [file, template(file)] as const);

describe.each(FILES)('%s', (file, read) => {
  it('is Bicep', () => {
    const [bad] = read.root.hasError ? read.root.descendantsOfType(['ERROR', 'MISSING']) : [];
    expect(bad && `line ${bad.startPosition.row + 1}: ${bad.text}`).toBeUndefined();
    expect(read.root.hasError).toBe(false);
  });

  it('uses what it declares, and nothing else', () => {
    expect(nameErrors(read)).toEqual([]);
  });

  it('loads files that exist', () => {
    for (const call of read.root.descendantsOfType('call_expression')) {
      const [name, given] = call.namedChildren;
      if (!name!.text.startsWith('load')) continue;
      const loaded = given!.namedChildren[0]!.text.slice(1, -1);
      expect([loaded, existsSync(new URL(loaded, new URL(file, INFRA)))]).toEqual([loaded, true]);
    }
  });

  it('gives its modules what they need, and nothing that they do not know', () => {
    for (const { path: modulePath, params } of read.modules) {
      const called = template(path.posix.join(path.posix.dirname(file), modulePath));
      const known = [...called.params.values()];
      const needed = known.filter((param) => param.default === undefined).map(({ name }) => name);
      expect(known.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(params)));
      expect(Object.keys(params)).toEqual(expect.arrayContaining(needed));
    }
  });

  it('reads outputs that its modules have', () => {
    const modules = new Map(read.modules.map(({ symbol, path: modulePath }) => [symbol, modulePath]));
    for (const [, symbol = '', output] of read.root.text.matchAll(/(\w+)!?\.outputs\.(\w+)/g)) {
      const called = template(path.posix.join(path.posix.dirname(file), modules.get(symbol)!));
      expect([...called.outputs.keys()]).toContain(output);
    }
  });

  it('says what each parameter of people is for', () => {
    const isForPeople = file === 'main.bicep' || /fleet-access\/(subscriptions|management-group)/.test(file);
    const silent = [...read.params.values()].filter(({ decorators }) => !decorators.has('description'));
    expect(isForPeople ? silent : []).toEqual([]);
  });
});

describe('the parser', () => {
  it.each(["resource a 'T@1' = {", 'parameter x string', "var a = 'x", 'module m = {}'])('refuses %s', (text) => {
    expect(parseBicep(text).hasError).toBe(true);
  });
});

describe('api versions', () => {
  it('are those of one list, and none is listed that nothing uses', () => {
    const used = TEMPLATES.flatMap(({ resources }) => resources.map(({ type, version }) => `${type}@${version}`));
    const listed = Object.entries(json<Record<string, string>>('api-versions.json')).map((pair) => pair.join('@'));
    expect([...new Set(used)].sort()).toEqual(listed.sort());
  });

  it('are literals, like everything that names a type', () => {
    const computed = TEMPLATES.flatMap(({ resources }) => resources).filter(({ version }) => !/^\d{4}-/.test(version));
    expect(computed).toEqual([]);
  });
});

describe('names of deployments', () => {
  it('fit, and no two of a template are the same', () => {
    for (const { root } of TEMPLATES) {
      const names = root.descendantsOfType('module_declaration').map((node) => /name: ('[^\n]*')/.exec(node.text)![1]!);
      expect(new Set(names).size).toBe(names.length);
      for (const name of names) expect(name.replace('${token}', 'x'.repeat(13)).length - 2).toBeLessThanOrEqual(64);
    }
  });
});
