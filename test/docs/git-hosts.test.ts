import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';

const root = new URL('../../', import.meta.url);
const docs = readFileSync(new URL('docs/git-hosts.md', root), 'utf8');
const adapters = readdirSync(new URL('src/adapters/', root), { recursive: true, encoding: 'utf8' })
  .filter((file) => /^(git[/-]|commit-status\/|ask-host|host-)/.test(file) && file.endsWith('.ts'))
  .map((file) => readFileSync(new URL(`src/adapters/${file}`, root), 'utf8'))
  .join('\n');

it('names every host that may be asked without a setting', () => {
  const { FLOTILLA_GIT_HOSTS } = readConfig({
    FLOTILLA_SUBSCRIPTIONS: '11111111-1111-1111-1111-111111111111',
    FLOTILLA_HASH_KEY: 'a key for tests, long enough for it',
    ServiceBus: 'x',
    Tables: 'x',
  });
  const [, listed = ''] = /Without the setting they are ([^;]+);/.exec(docs) ?? [];
  expect([...listed.matchAll(/`([^`]+)`/g)].map(([, host]) => host)).toEqual(FLOTILLA_GIT_HOSTS);
});

it('names codes of faults that there are', () => {
  const rows = docs.slice(docs.indexOf('| code in the log'), docs.indexOf('## Commit statuses')).split('\n').slice(2);
  const codes = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, code]) => code ?? ''),
  );
  expect(codes.length).toBeGreaterThan(10);
  for (const code of codes) expect(adapters).toContain(`'${code}'`);
});
