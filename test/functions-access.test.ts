import { readdirSync } from 'node:fs';
import type * as Library from '@azure/functions';
import type { HttpHandler } from '@azure/functions';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { Edge } from '../src/http/route.ts';
import { Role } from '../src/contracts/roles.ts';
import { Authority, STRANGERS } from './adapters/entra/sign-in.ts';
import { Bench } from './app/support.ts';
import { rawRequest } from './core/clusters.ts';
import { call, edgeOf, OFF } from './http/support.ts';

interface Registered {
  readonly name: string;
  readonly methods: readonly string[];
  readonly route: string;
  readonly handler: HttpHandler;
}

/** What the files in `functions/` register, and the application that they call. */
interface World {
  readonly registered: Registered[];
  readonly application: { edge?: Edge };
}
const { registered, application } = vi.hoisted((): World => ({ registered: [], application: {} }));

/** Takes what the files in `functions/` register; everything else of the library stays as it is. */
vi.mock('@azure/functions', async (original) => {
  const METHODS: Record<string, string> = {
    get: 'GET',
    post: 'POST',
    put: 'PUT',
    patch: 'PATCH',
    deleteRequest: 'DELETE',
  };
  const hook = { appStart: () => undefined, preInvocation: () => undefined, appTerminate: () => undefined };
  const app = new Proxy(
    { hook },
    {
      get: (target, kind: string) =>
        kind === 'hook'
          ? target.hook
          : (name: string, options: Registered) => {
              const method = METHODS[kind];
              if (method !== undefined) registered.push({ ...options, name, methods: [method] });
              else if (kind === 'http') registered.push({ ...options, name });
              else if (!['timer', 'serviceBusQueue'].includes(kind)) throw new Error(`What is functions.${kind}?`);
            },
    },
  );
  return { ...(await original<typeof Library>()), app };
});
vi.mock('../src/compose.ts', () => ({ app: () => application.edge }));

const folder = new URL('../functions/', import.meta.url);
for (const file of readdirSync(folder)) await import(new URL(file, folder).href);

const authority = await Authority.start();
afterAll(() => authority.close());
const bench = new Bench([{}]);
const keyOf = (role: Role): string => `${role.toLowerCase()} key of thirty-two characters`.padEnd(32, '.');
application.edge = edgeOf(bench.deps, {
  ...OFF,
  isOff: false,
  tokens: authority.tokens(),
  keys: Role.options.map((role) => ({ name: role.toLowerCase(), role, sha256: bench.deps.digest.sha256(keyOf(role)) })),
});

const ALL: readonly Role[] = ['Reader', 'Operator', 'Approver', 'Admin'];
const OPERATORS: readonly Role[] = ['Operator', 'Admin'];
const APPROVERS: readonly Role[] = ['Approver', 'Admin'];
const ADMINS: readonly Role[] = ['Admin'];
const ANYBODY = 'anybody';

/** Who may call what, by the name of the function; a command on a rollout is a row of its own. */
const MAY: Readonly<Record<string, readonly Role[] | typeof ANYBODY>> = {
  'get-health': ANYBODY,
  'get-health-details': ALL,
  'get-metrics': ALL,
  'receive-delivery': ANYBODY,
  'get-clusters': ALL,
  'get-cluster-configurations': ALL,
  'get-cluster-configuration': ALL,
  'get-cluster-history': ALL,
  'get-compliance': ALL,
  'get-compliance-clusters': ALL,
  'get-drift': ALL,
  'get-sweep': ALL,
  'post-sweep': OPERATORS,
  'post-rollout': OPERATORS,
  'get-rollouts': ALL,
  'get-rollout': ALL,
  'get-rollout-clusters': ALL,
  'get-rollout-events': ALL,
  'post-command pause': OPERATORS,
  'post-command resume': OPERATORS,
  'post-command cancel': OPERATORS,
  'post-command approve': APPROVERS,
  'post-command reject': APPROVERS,
  'post-command destroy': ALL,
  'get-definitions': ALL,
  'get-definition': ALL,
  'get-definition-versions': ALL,
  'get-definition-version': ALL,
  'get-decisions': ALL,
  'put-definition': ADMINS,
  'delete-definition': ADMINS,
  'put-hold': OPERATORS,
  'delete-hold': OPERATORS,
  'post-start': OPERATORS,
  'get-policies': ALL,
  'get-policy': ALL,
  'put-policy': ADMINS,
  'delete-policy': ADMINS,
  'resume-policy': OPERATORS,
  'evaluate-policy': OPERATORS,
  'get-deliveries': ALL,
  'get-delivery': ALL,
  'post-redeliver': OPERATORS,
  'put-hook': ADMINS,
  'get-hooks': ALL,
  'get-hook': ALL,
  'delete-hook': ADMINS,
};

it('every function that HTTP reaches has a row, and every row a function', () => {
  const rows = new Set(Object.keys(MAY).map((row) => row.split(' ')[0]));
  expect([...rows].sort()).toEqual(registered.map(({ name }) => name).sort());
});

type Headers = Record<string, string>;
const bearer = async (changes: Record<string, unknown>): Promise<Headers> => ({
  authorization: `Bearer ${await authority.sign(changes)}`,
});
const platform = Buffer.from(JSON.stringify({ auth_typ: 'aad', claims: [{ typ: 'roles', val: 'Admin' }] }));

/** Callers whom nobody knows. */
const STRANGE: Readonly<Record<string, Headers>> = {
  nobody: {},
  'a token of another key': {
    authorization: `Bearer ${await authority.sign({ roles: ['Admin'] }, {}, STRANGERS.privateKey)}`,
  },
  'a token for something else': await bearer({ roles: ['Admin'], aud: 'something-else' }),
  'an expired token': await bearer({ roles: ['Admin'], exp: 1 }),
  'an unknown key': { 'x-functions-key': 'k'.repeat(56) },
  'the word of a platform that gives none': { 'x-ms-client-principal': platform.toString('base64') },
};

/** Sends the least that the route takes for a call; what comes of it does not matter here. */
async function send(row: string, headers: Headers) {
  const [name, command = ''] = row.split(' ');
  const found = registered.find((one) => one.name === name);
  const [method = 'GET'] = found?.methods ?? [];
  const params = {
    ...{ id: 'none', name: 'none', revision: 'none', version: '1', provider: 'github', hook: 'none', command },
    ...{ subscriptionId: 's', resourceGroup: 'g', type: 'connectedClusters', configuration: 'c' },
  };
  const body = method === 'GET' ? {} : { body: JSON.stringify(name === 'post-rollout' ? rawRequest() : {}) };
  const type: Headers = method === 'GET' ? {} : { 'content-type': 'application/json' };
  const {
    status = 200,
    json,
    headers: answered,
  } = await call(found!.handler, {
    ...{ method, params, ...body, path: '/api/x' },
    headers: { ...type, ...headers },
  });
  return { status, code: json['code'], detail: json['detail'], headers: answered };
}

describe.each(Object.entries(MAY))('%s', (row, allowed) => {
  if (allowed === ANYBODY) {
    it.each(Object.entries(STRANGE))('is open to %s', async (_who, headers) => {
      const { status, headers: answered } = await send(row, headers);
      expect(status).not.toBe(403);
      expect(answered).not.toHaveProperty('www-authenticate');
    });
    return;
  }

  it.each(Object.entries(STRANGE))('is 401 for %s', async (_who, headers) => {
    const { status, headers: answered } = await send(row, headers);
    expect(status).toBe(401);
    expect(answered).toHaveProperty('www-authenticate');
  });

  it('is 403 for somebody without a role', async () => {
    expect(await send(row, await bearer({ roles: [] }))).toMatchObject({ status: 403, code: 'RoleMissing' });
  });

  it.each(Role.options)('is for %s what the table says, by token and by key', async (role) => {
    const answers = [
      await send(row, await bearer({ roles: [role] })),
      await send(row, { 'x-functions-key': keyOf(role) }),
    ];
    for (const { status, code, detail } of answers) {
      if (allowed.includes(role)) {
        expect([401, 403]).not.toContain(status);
        expect(status).toBeLessThan(500);
      } else {
        expect({ status, code }).toEqual({ status: 403, code: 'RoleMissing' });
        expect(detail).toContain(`This needs the role ${allowed[0]}.`);
      }
    }
  });
});
