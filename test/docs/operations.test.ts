import { readdirSync, readFileSync } from 'node:fs';
import type * as Library from '@azure/functions';
import { describe, expect, it, vi } from 'vitest';
import { CommandKind } from '../../src/contracts/command.ts';
import { QUEUES } from '../../src/contracts/queues.ts';
import { RolloutStatus } from '../../src/contracts/rollout-state.ts';
import { TABLE_NAMES } from '../../src/adapters/tables/tables.ts';

/** What the files in `functions/` register. */
const { registered } = vi.hoisted((): { registered: { name: string; method: string; route: string }[] } => ({
  registered: [],
}));
vi.mock('@azure/functions', async (original) => {
  const METHODS: Record<string, string> = { get: 'GET', post: 'POST', put: 'PUT', deleteRequest: 'DELETE' };
  const app = new Proxy(
    {},
    {
      get: (_target, kind: string) => (name: string, options: { route?: string }) => {
        registered.push({ name, method: METHODS[kind] ?? kind, route: options.route ?? '' });
      },
    },
  );
  return { ...(await original<typeof Library>()), app };
});

const folder = new URL('../../functions/', import.meta.url);
for (const file of readdirSync(folder).filter((one) => !['start.ts', 'telemetry.ts'].includes(one)))
  await import(new URL(file, folder).href);

const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
const calls = [...page.matchAll(/curl -sS ([^|\n]*?)"\$API\/([^"?]+)(\?[^"]*)?"/g)].map(
  ([, flags = '', path = '']) => ({
    method: /-X (\w+)/.exec(flags)?.[1] ?? 'GET',
    path: path.replaceAll(/\$[A-Z]+/g, 'x'),
  }),
);

describe('docs/operations.md', () => {
  it('has commands', () => {
    expect(calls.length).toBeGreaterThan(20);
  });

  it.each(calls)('$method $path is a call that there is', ({ method, path }) => {
    const fits = registered.filter((one) => one.method === method && pattern(one.route).test(path));
    expect(fits).not.toEqual([]);
    const [, command] = /^rollouts\/x\/(\w+)$/.exec(path) ?? [];
    if (method === 'POST' && command !== undefined) expect(CommandKind.options).toContain(command);
  });

  it('names statuses, functions and alerts that there are', () => {
    const [, statuses = ''] = /for STATUS in ([A-Za-z ]+);/.exec(page) ?? [];
    expect(RolloutStatus.options).toEqual(expect.arrayContaining(statuses.split(' ')));
    const names = registered.map(({ name }) => name);
    for (const name of page.match(/`(show-dead|account-dead)-\w+`/g) ?? []) expect(names).toContain(name.slice(1, -1));
    for (const name of ['start-sweep', 'advance-rollout', 'receive-revision']) {
      expect(page).toContain(`\`${name}\``);
      expect(names).toContain(name);
    }
  });

  it.each(QUEUES.map(({ name }) => name))('says what becomes of dead letters of %s', (queue) => {
    expect(page).toMatch(new RegExp(`^\\| \`${queue}\` \\| .+ \\| .+ \\| .+ \\|$`, 'm'));
  });

  it.each(TABLE_NAMES)('says what is lost with the table %s', (table) => {
    const [, losses = ''] = /\| table \| if it is lost \|([^]*?)\n\n/.exec(page) ?? [];
    expect(losses).toContain(`\`${table}\``);
  });

  it.each(['rollouts', 'sweeps', 'inventory', 'service bus', 'azure resource manager', 'key vaults'])(
    'says what to do when %s is not well',
    (part) => {
      expect(page).toContain(`| \`${part}\` | `);
    },
  );

  it('leads to places that there are', () => {
    for (const [, file = '', anchor = ''] of page.matchAll(/\]\((?!https:)([\w./-]*)#?([\w-]*)\)/g)) {
      const text = file === '' ? page : readFileSync(new URL(`../../docs/${file}`, import.meta.url), 'utf8');
      const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
        title
          .toLowerCase()
          .replaceAll(/[^\w\s-]/g, '')
          .replaceAll(' ', '-'),
      );
      if (anchor !== '') expect([file, anchors]).toEqual([file, expect.arrayContaining([anchor])]);
    }
  });
});

/** A route template as a pattern: each value of it is one segment. */
function pattern(route: string): RegExp {
  return new RegExp(`^${route.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`);
}
