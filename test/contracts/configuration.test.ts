import { describe, expect, it } from 'vitest';
import { Configuration } from '../../src/contracts/flux/configuration.ts';
import { COMMIT, rawConfiguration } from '../core/clusters.ts';

/** Where and why a configuration is refused. */
function refusal(changes: Record<string, unknown>): string {
  const [issue] = Configuration.safeParse(rawConfiguration(changes)).error?.issues ?? [];
  return issue === undefined ? 'accepted' : `${issue.path.join('.')}: ${issue.message}`;
}

const git = (changes: Record<string, unknown>) => ({
  gitRepository: { url: 'https://git.example/s', repositoryRef: { branch: 'main' }, ...changes },
});
const ref = (repositoryRef: unknown) => git({ repositoryRef });
const depending = (...edges: [string, string[]][]) => ({
  kustomizations: Object.fromEntries(edges.map(([name, dependsOn]) => [name, { dependsOn }])),
});

describe('a configuration', () => {
  it('gets the defaults of the service', () => {
    const { namespace: _namespace, ...bare } = rawConfiguration({ kustomizations: { apps: {} } });
    expect(Configuration.parse(bare)).toMatchObject({
      namespace: 'default',
      scope: 'cluster',
      suspend: false,
      gitRepository: { timeout: 600, syncInterval: 600 },
      kustomizations: {
        apps: { path: '', dependsOn: [], timeout: 600, syncInterval: 600, prune: false, force: false, wait: true },
      },
    });
  });

  it.each(['a', 'shop', 'shop-1', 'a.b-c.d', 'x'.repeat(63), '1a'])('may be called %s', (name) => {
    expect(refusal({ name })).toBe('accepted');
  });

  it.each(['', 'Shop', '-a', 'a-', 'a..b', '.a', 'a.', 'a_b', 'a b', 'x'.repeat(64), 'ä'])(
    'may not be called %j',
    (name) => {
      expect(refusal({ name })).toMatch(/^name: /);
    },
  );

  it.each([
    { branch: 'main' },
    { tag: 'v1' },
    { semver: '>=1.0 <2' },
    { branch: 'main', commit: COMMIT },
    { branch: 'main', commit: 'a'.repeat(64) },
  ])('may follow %j', (repositoryRef) => {
    expect(refusal(ref(repositoryRef))).toBe('accepted');
  });

  it.each([
    [{}, 'names no branch'],
    [{ branch: 'main', tag: 'v1' }, 'more than one'],
    [{ tag: 'v1', semver: '1' }, 'more than one'],
    [{ commit: COMMIT }, 'commit needs the branch'],
    [{ tag: 'v1', commit: COMMIT }, 'commit needs the branch'],
    [{ branch: 'main', commit: 'abc1234' }, 'full commit SHA'],
    [{ branch: 'main', commit: COMMIT.toUpperCase() }, 'full commit SHA'],
    [{ branch: '' }, ''],
    [{ branch: 'main', name: 'x' }, ''],
  ])('may not follow %j', (repositoryRef, why) => {
    expect(refusal(ref(repositoryRef))).toMatch(/^gitRepository\.repositoryRef/);
    expect(refusal(ref(repositoryRef))).toContain(why);
  });

  it.each(['https://git.example/org/repo', 'http://git.local:8080/x.git'])('may come from %s', (url) => {
    expect(refusal(git({ url }))).toBe('accepted');
  });

  it.each(['https://user:token@git.example/r', 'https://token@git.example/r', 'http://a@b@git.example/r'])(
    'may not carry a secret in its URL: %s',
    (url) => {
      expect(refusal(git({ url }))).toContain('carries user info');
    },
  );

  it.each([
    'git@git.example:r',
    'ssh://git.example/r',
    'ftp://git.example/r',
    'https://git.example',
    'https:///r',
    'https://git.example/r?token=x',
    'https://git.example/r#x',
    '/etc/passwd',
    '',
  ])('may not come from %j', (url) => {
    expect(refusal(git({ url }))).toContain('gitRepository.url: ');
  });

  it.each(['prune', 'force', 'wait'])('takes %s as a boolean only: "false" would be read as true by the CLI', (key) => {
    expect(refusal({ kustomizations: { apps: { [key]: 'false' } } })).toMatch(
      new RegExp(`^kustomizations.apps.${key}: `),
    );
    expect(refusal({ kustomizations: { apps: { [key]: false } } })).toBe('accepted');
  });

  it.each(['sshPrivateKey', 'httpsKey', 'httpsUser', 'localAuthRef'])('does not know %s', (key) => {
    expect(refusal(git({ [key]: 'x' }))).toContain('gitRepository: ');
  });
});

describe('dependencies', () => {
  it('between kustomizations of one configuration are fine in any order', () => {
    expect(refusal(depending(['a', ['b', 'c']], ['b', ['c']], ['c', []]))).toBe('accepted');
  });

  it.each([
    ['of a kustomization that is not there', depending(['a', ['nope']]), "kustomizations.a.dependsOn: names 'nope'"],
    ['on oneself', depending(['a', ['a']]), 'kustomizations.a.dependsOn: closes a circle: a → a'],
    [
      'in a circle',
      depending(['x', ['a']], ['a', ['b']], ['b', ['c']], ['c', ['a']]),
      'kustomizations.a.dependsOn: closes a circle: a → b → c → a',
    ],
    ['without a kustomization', { kustomizations: {} }, 'kustomizations: needs at least one'],
    [
      'of too many kustomizations',
      depending(...Array.from({ length: 101 }, (_, n): [string, string[]] => [`k${n}`, []])),
      'kustomizations: has 101',
    ],
  ])('%s are refused', (_what, changes, why) => {
    expect(refusal(changes)).toContain(why);
  });

  it('of a hundred kustomizations that all depend on each other forwards are judged at once', () => {
    const edges = Array.from({ length: 100 }, (_, n): [string, string[]] => [
      `k${n}`,
      Array.from({ length: 99 - n }, (_, more) => `k${n + more + 1}`),
    ]);
    expect(refusal(depending(...edges))).toBe('accepted');
  });
});
