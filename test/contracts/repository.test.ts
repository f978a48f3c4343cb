import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REPOSITORY_LENGTH_MAX } from '../../src/contracts/limits.ts';
import { normaliseRepository } from '../../src/contracts/repository.ts';

const keyOf = (url: string) => normaliseRepository(url)?.key;

describe('one repository has one name, however its URL is written', () => {
  it.each([
    [
      'github.com/contoso/fleet',
      [
        'https://github.com/contoso/fleet',
        'https://GitHub.com/Contoso/Fleet.git',
        'http://www.github.com/contoso/fleet/',
        'https://alice:secret@github.com:443/contoso/fleet.git/',
        ' https://github.com//contoso/fleet ',
        'ssh://git@github.com/contoso/fleet.git',
        'SSH://git@ssh.github.com:443/contoso/fleet',
        'git@github.com:contoso/fleet.git',
        'git@github.com:/contoso/fleet',
        'git@github.com/contoso/fleet',
        'https://github.com./contoso/fleet',
        'https://github.com/contoso/%66leet',
      ],
    ],
    [
      'dev.azure.com/contoso/edge fleet/config',
      [
        'https://dev.azure.com/contoso/Edge%20Fleet/_git/config',
        'https://contoso@dev.azure.com/contoso/Edge%20Fleet/_git/config',
        'git@ssh.dev.azure.com:v3/contoso/Edge%20Fleet/config',
        'ssh://git@ssh.dev.azure.com/v3/contoso/Edge%20Fleet/config',
        'https://contoso.visualstudio.com/Edge%20Fleet/_git/config',
        'https://contoso.visualstudio.com/DefaultCollection/Edge%20Fleet/_git/config',
        'contoso@vs-ssh.visualstudio.com:v3/contoso/Edge%20Fleet/config',
      ],
    ],
    [
      'dev.azure.com/contoso/config/config',
      ['https://dev.azure.com/contoso/_git/config', 'https://contoso.visualstudio.com/_git/config'],
    ],
    [
      'git.contoso.com/plat/fleet',
      [
        'https://git.contoso.com/scm/PLAT/fleet.git',
        'ssh://git@git.contoso.com:7999/plat/fleet.git',
        'https://git.contoso.com:8443/plat/fleet',
      ],
    ],
    ['gitlab.com/a/b/c/d', ['https://gitlab.com/a/b/c/d.git', 'git@altssh.gitlab.com:a/b/c/d']],
    [
      'contoso.azurecr.io/fleet/config',
      ['oci://contoso.azurecr.io/fleet/config', 'OCI://Contoso.AzureCR.io/fleet/config/'],
    ],
    ['docker.io/contoso/config', ['oci://registry-1.docker.io/contoso/config', 'oci://docker.io/contoso/config']],
    ['127.0.0.1:8080/fleet', ['http://127.0.0.1:8080/fleet.git', 'http://user@127.0.0.1:8080/fleet']],
    ['xn--mnchen-3ya.example/a', ['https://münchen.example/a', 'git@münchen.example:a']],
  ])('%s', (key, urls) => {
    expect(urls.filter((url) => keyOf(url) !== key)).toEqual([]);
  });

  it.each([
    ['https://github.com/contoso/fleet', 'https://github.com/contoso/fleet2'],
    ['http://127.0.0.1:8080/fleet', 'http://127.0.0.1:8081/fleet'],
    ['https://gitlab.com/a/scm/b/c', 'https://gitlab.com/a/b/c'],
    ['https://github.com/contoso/fleet', 'https://github.com.evil.com/contoso/fleet'],
    ['https://github.com/contoso/fleet', 'https://github.com@evil.com/contoso/fleet'],
  ])('%s is not %s', (one, other) => {
    expect(keyOf(one)).toBeDefined();
    expect(keyOf(one)).not.toBe(keyOf(other));
  });

  it('tells registries from Git', () => {
    expect(normaliseRepository('oci://ghcr.io/contoso/config')?.source).toBe('oci');
    expect(normaliseRepository('https://ghcr.io/contoso/config')?.source).toBe('git');
    expect(keyOf('oci://ghcr.io/contoso/config.git')).toBe('ghcr.io/contoso/config.git');
  });
});

describe('what is not the URL of a repository', () => {
  it.each([
    '',
    'github.com/contoso/fleet',
    'https://github.com',
    'https://github.com/',
    'https:///',
    'file:///etc/passwd',
    'ext::sh -c id',
    'git://github.com/contoso/fleet',
    'javascript:alert(1)',
    'https://github.com/contoso/../evil/fleet',
    'https://github.com/contoso/%2e%2e/fleet',
    'git@github.com:../fleet',
    'https://github.com/contoso/fleet?x=1',
    'https://github.com/contoso/fleet#main',
    'https://github.com/contoso%2ffleet/x',
    'https://github.com/contoso/fl%00eet',
    'https://github.com/contoso/fl%zzeet',
    'https://github.com\\contoso\\fleet',
    'https://github.com/contoso/fl eet',
    'ssh://git@github.com:contoso/fleet',
    'oci://contoso.azurecr.io/fleet:latest',
    'oci://contoso.azurecr.io/fleet@sha256:00',
    `https://github.com/${'a'.repeat(REPOSITORY_LENGTH_MAX)}`,
  ])('%s has no name', (url) => {
    expect(normaliseRepository(url)).toBeUndefined();
  });
});

describe('a name', () => {
  const part = fc.string({
    unit: fc.constantFrom('a', 'B', '1', '-', '.', '_', '%20', 'é'),
    minLength: 1,
    maxLength: 8,
  });

  it('of anything is bounded, in lower case and without control characters, and nothing throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.webUrl({ withFragments: true }),
          fc.string(),
          part.map((one) => `git@${one}:${one}`),
        ),
        (url) => {
          const key = keyOf(url);
          if (key === undefined) return;
          expect(key).toBe(key.toLowerCase());
          expect(key.length).toBeLessThanOrEqual(REPOSITORY_LENGTH_MAX);
          expect([...key].every((char) => char > '\u001f' && char !== '\u007f')).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('stays the same when it is written as a URL again', () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (path) => {
        const key = keyOf(`https://git.example/${path.join('/')}`);
        if (key !== undefined) expect(keyOf(encodeURI(`https://${key}`))).toBe(key);
      }),
      { numRuns: 2000 },
    );
  });
});
