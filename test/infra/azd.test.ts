import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { DELEGATED_SCOPE, Role } from '../../src/contracts/roles.ts';
import { textOf } from './support/bicep.ts';
import { at, json, MAIN, resourcesOf, source, template } from './support/templates.ts';

interface Hook {
  readonly shell: string;
  readonly run: string;
}

const azd = parse(source('azure.yaml')) as {
  readonly name: string;
  readonly infra: { readonly path: string; readonly module: string };
  readonly services: Readonly<
    Record<string, { readonly host: string; readonly language: string; readonly remoteBuild: boolean }>
  >;
  readonly hooks: { readonly postprovision: Readonly<Record<'posix' | 'windows', Hook>> };
};
const manifest = JSON.parse(source('package.json')) as { main: string; scripts: Record<string, string> };
const ignored = source('.funcignore').split('\n');

describe('azure.yaml', () => {
  it('deploys the template that is there, at the scope that azd needs', () => {
    expect(`${azd.infra.path}/${azd.infra.module}.bicep`).toBe(`infra/${MAIN.file}`);
    expect(MAIN.targetScope).toBe('subscription');
  });

  it('has one service, which finds its app by the tag', () => {
    const [app] = resourcesOf('Microsoft.Web/sites');
    expect(Object.keys(azd.services)).toEqual(['api']);
    expect(textOf(app?.resource.body['tags'])).toBe("union(tags, { 'azd-service-name': 'api' })");
    expect(textOf(at(MAIN.variables.get('tags'), 'azd-env-name'))).toBe('environmentName');
  });

  it('builds here, and sends what was built', () => {
    expect(azd.services['api']).toMatchObject({ host: 'function', language: 'ts', remoteBuild: false });
    expect(manifest.main).toBe('dist/main.cjs');
    for (const sent of ['dist', 'host.json', 'package.json']) expect(ignored).not.toContain(sent);
    for (const kept of ['src', 'infra', 'azure.yaml', 'local.settings*.json']) expect(ignored).toContain(kept);
  });

  it('leaves dependencies out by their contents: azd refuses to build here where the folder itself is ignored', () => {
    expect(ignored).toContain('node_modules/*');
    expect(ignored.filter((line) => /^\/?node_modules\/?$/.test(line))).toEqual([]);
  });

  it('makes the key of the installation with a script that there is, from outputs that there are', () => {
    const { posix, windows } = azd.hooks.postprovision;
    expect(posix.run).toBe('npm run infra:hash-key');
    expect(windows.run).toBe(posix.run);
    expect(manifest.scripts['infra:hash-key']).toBe('node tools/hash-key.ts');
    const read = [...source('tools/hash-key.ts').matchAll(/^ {2}(FLOTILLA_\w+): z/gm)].map(([, name]) => name);
    expect(read.length).toBe(3);
    expect([...MAIN.outputs.keys()]).toEqual(expect.arrayContaining(read));
  });
});

describe('main.parameters.json', () => {
  const { parameters } = json<{ readonly parameters: Readonly<Record<string, { readonly value: string }>> }>(
    'main.parameters.json',
  );

  it('names parameters that there are, and all that must be given', () => {
    expect([...MAIN.params.keys()]).toEqual(expect.arrayContaining(Object.keys(parameters)));
    const needed = [...MAIN.params.values()].filter((param) => param.default === undefined).map(({ name }) => name);
    expect(Object.keys(parameters)).toEqual(expect.arrayContaining(needed));
  });

  it.each(Object.entries(parameters))('%s has the default of the template', (name, { value }) => {
    const [, , otherwise] = /^\$\{([A-Z_]+)(?:=(.*))?\}$/.exec(value)!;
    const param = MAIN.params.get(name)!;
    // azd leaves out texts that are empty, so that the template's default holds; other types need a value.
    if (param.type !== 'string') expect(otherwise).toBeDefined();
    if (otherwise !== undefined) expect(otherwise).toBe(textOf(param.default));
  });
});

describe('docs/deploy.md', () => {
  it.each([...MAIN.params.keys()])('explains %s', (name) => {
    expect(source('docs/deploy.md')).toContain(`\`${name}\``);
  });

  it('shows how another team gives access, with templates that there are', () => {
    for (const file of ['fleet-access/subscriptions.bicep', 'fleet-access/management-group.bicep']) {
      expect(source('docs/deploy.md')).toContain(`infra/${template(file).file}`);
    }
  });
});

interface Registration {
  readonly api: {
    readonly requestedAccessTokenVersion: number;
    readonly oauth2PermissionScopes: readonly { readonly id: string; readonly value: string }[];
  };
  readonly optionalClaims: { readonly accessToken: readonly { readonly name: string }[] };
  readonly appRoles: readonly {
    readonly id: string;
    readonly value: string;
    readonly isEnabled: boolean;
    readonly allowedMemberTypes: readonly string[];
  }[];
}

describe('the registration in Entra ID', () => {
  const { api, optionalClaims, appRoles } = json<Registration>('entra/registration.json');

  it('has the roles that the application knows', () => {
    expect(appRoles.map(({ value }) => value)).toEqual(Role.options);
    expect(appRoles.every(({ isEnabled }) => isEnabled)).toBe(true);
  });

  it('lets people approve, and no application', () => {
    expect(appRoles.find(({ value }) => value === 'Approver')?.allowedMemberTypes).toEqual(['User']);
  });

  it('gives tokens that the application takes: of version 2.0, with the permission, and saying whose they are', () => {
    expect(api.requestedAccessTokenVersion).toBe(2);
    expect(source('src/adapters/entra/tokens.ts')).toContain("ver: z.literal('2.0')");
    expect(api.oauth2PermissionScopes.map(({ value }) => value)).toEqual([DELEGATED_SCOPE]);
    for (const { name } of optionalClaims.accessToken) {
      expect(source('src/adapters/entra/tokens.ts')).toMatch(new RegExp(`^ {2}${name}: z`, 'm'));
    }
    expect(optionalClaims.accessToken.map(({ name }) => name)).toContain('idtyp');
  });

  it('has an id of its own for each part', () => {
    const ids = [...appRoles, ...api.oauth2PermissionScopes].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
