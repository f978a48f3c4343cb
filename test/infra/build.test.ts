import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TEMPLATES } from './support/templates.ts';

const TOOL = path.resolve(import.meta.dirname, '../../tools/infra-build.ts');

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'flotilla-infra-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A command that writes down what it is asked, and fails where it is asked for `failing`. */
function fake(command: string, failing = 'nothing'): void {
  const file = path.join(folder, command);
  const log = path.join(folder, 'log');
  writeFileSync(file, `#!/bin/sh\necho "${command} $*" >> '${log}'\ncase "$*" in *${failing}*) exit 1;; esac\n`);
  chmodSync(file, 0o755);
}

function build(...flags: string[]): { status: number | null; said: string } {
  const { status, stdout } = spawnSync(process.execPath, [TOOL, ...flags], { env: { PATH: folder }, encoding: 'utf8' });
  return { status, said: stdout };
}

function asked(): string[] {
  return readFileSync(path.join(folder, 'log'), 'utf8').trim().split('\n');
}

describe.skipIf(process.platform === 'win32')('npm run infra:build', () => {
  it('says so where there is no compiler, which is no failure', () => {
    const { status, said } = build();
    expect(status).toBe(0);
    expect(said).toContain('nothing was compiled');
  });

  it('fails without a compiler where one is required', () => {
    expect(build('--require').status).toBe(1);
  });

  it('compiles every template that somebody deploys by itself', () => {
    fake('bicep');
    expect(build()).toMatchObject({ status: 0 });
    const modules = new Set(
      TEMPLATES.flatMap(({ file, modules: called }) =>
        called.map((one) => path.posix.join(path.posix.dirname(file), one.path)),
      ),
    );
    const entries = TEMPLATES.map(({ file }) => file).filter(
      (file) => !modules.has(file) || file === 'fleet-access/subscriptions.bicep',
    );
    const compiled = asked().flatMap(
      (line) => /build \S+\/infra\/(\S+\.bicep) --outfile \S+\.json$/.exec(line)?.[1] ?? [],
    );
    expect(compiled.sort()).toEqual(entries.sort());
  });

  it('uses the Azure CLI where that is what there is', () => {
    fake('az');
    expect(build()).toMatchObject({ status: 0 });
    expect(asked()[1]).toMatch(/^az bicep build --file \S+main\.bicep --outfile \S+main\.json$/);
  });

  it('fails when one template does not compile, and names it', () => {
    fake('bicep', 'management-group');
    const { status, said } = build();
    expect(status).toBe(1);
    expect(said).toContain('infra/fleet-access/management-group.bicep: failed');
    expect(said).toContain('infra/main.bicep: compiled');
  });
});
