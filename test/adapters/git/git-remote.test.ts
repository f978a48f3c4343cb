import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { GIT_ANSWER_BYTES_MAX, POLL_REFS_MAX } from '../../../src/contracts/limits.ts';
import type { Answer } from '../http-fixture.ts';
import { answerRefs, bytes, COMMITS, faultOf, packets, PATH, recorded, setUp, valueOf } from './git-fixture.ts';

const { one, two, three } = COMMITS;
/** Must appear in no fault. */
const CREDENTIALS = 'canary-user:canary-5e1d';

describe('what git itself sends', () => {
  test('version 1: everything at once, annotated tags by the commit they point to', async () => {
    const { ask } = await setUp(() => bytes(recorded('advertisement-v1'), 'advertisement'));
    expect(valueOf(await ask())).toEqual({
      'branch main': three,
      'branch main-next': two,
      'branch release/1.1': two,
      'branch übung': two,
    });
    expect(valueOf(await ask({ kind: 'tag' }))).toEqual({ 'tag v1.0.0': one, 'tag v1.1.0': two });
  });

  test('version 2: what is asked for, annotated tags by the commit they point to', async () => {
    const { ask, fixture } = await setUp(({ method }) =>
      method === 'GET'
        ? bytes(recorded('advertisement-v2'), 'advertisement')
        : bytes(recorded('ls-refs-tags-v2'), 'result'),
    );
    expect(valueOf(await ask({ kind: 'tag', prefix: 'v' }))).toEqual({ 'tag v1.0.0': one, 'tag v1.1.0': two });
    expect(fixture.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `GET ${PATH}/info/refs?service=git-upload-pack`,
      `POST ${PATH}/git-upload-pack`,
    ]);
    const [get, post] = fixture.requests;
    expect(get?.headers['git-protocol']).toBe('version=2');
    expect(post?.body).toContain('ref-prefix refs/tags/v');
  });

  test('an empty repository', async () => {
    const { ask } = await setUp(() => bytes(recorded('advertisement-empty-v1'), 'advertisement'));
    expect(valueOf(await ask())).toEqual({});
  });
});

describe('credentials', () => {
  test.each([
    ['a pair', CREDENTIALS, CREDENTIALS],
    ['a token', 'canary-5e1d', 'x-token-auth:canary-5e1d'],
    ['one with a line end, as files have it', 'canary-5e1d\n', 'x-token-auth:canary-5e1d'],
  ])('%s goes into every request', async (_name, credentials, expected) => {
    const { ask, fixture } = await setUp(answerRefs({ 'refs/heads/main': one }, 2));
    expect(valueOf(await ask({ credentials }))).toEqual({ 'branch main': one });
    const sent = fixture.requests.map(({ headers }) => headers.authorization ?? '');
    expect(sent).toHaveLength(2);
    for (const header of sent) {
      expect(Buffer.from(header.replace('Basic ', ''), 'base64').toString()).toBe(expected);
    }
  });

  test('without any, none are sent', async () => {
    const { ask, fixture } = await setUp(answerRefs({}, 2));
    await ask();
    expect(fixture.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });
});

describe('URLs that are not asked', () => {
  test.each([
    ['ssh://git@git.contoso.com/contoso/fleet', 'UnsupportedRepository'],
    ['git@git.contoso.com:contoso/fleet.git', 'UnsupportedRepository'],
    ['http://git.contoso.com/contoso/fleet', 'UnsupportedRepository'],
    ['file:///etc', 'UnsupportedRepository'],
    ['https://canary-user:canary-5e1d@git.contoso.com/contoso/fleet', 'CredentialsInUrl'],
    ['https://github.com/contoso/fleet', 'HostNotAllowed'],
    ['https://git.contoso.com:8443/contoso/fleet', 'HostNotAllowed'],
    ['https://git.contoso.com.example.com/contoso/fleet', 'HostNotAllowed'],
    ['https://127.0.0.1/contoso/fleet', 'HostNotAllowed'],
    ['http://169.254.169.254/metadata', 'UnsupportedRepository'],
  ])('%s', async (url, code) => {
    const { ask, fixture } = await setUp(answerRefs({}, 2));
    const fault = faultOf(await ask({ url }));
    expect(fault).toMatchObject({ kind: 'refused', code });
    expect(fault.detail).not.toContain('canary');
    expect(fixture.requests).toEqual([]);
  });
});

function status(code: number, headers: Record<string, string> = {}, body: unknown = 'Sorry.'): Answer {
  return { status: code, headers, body };
}
const HTML = '<!doctype html><title>Sign in</title>';
const ADVERTISED = packets('# service=git-upload-pack\n', null, `${one} refs/heads/main\0agent=test\n`, null);

describe('answers that are no refs', () => {
  test.each<[string, Answer, object]>([
    ['401', status(401), { kind: 'refused', code: 'CredentialsRefused' }],
    ['403', status(403), { kind: 'refused', code: 'HostForbids' }],
    ['403 by the rate limit', status(403, { 'x-ratelimit-remaining': '0' }), { code: 'HostThrottled' }],
    ['404', status(404), { kind: 'refused', code: 'RepositoryNotFound' }],
    ['410', status(410), { kind: 'refused', code: 'HostRefused' }],
    ['429', status(429, { 'retry-after': '90' }), { kind: 'unavailable', retryAfterMs: 90_000 }],
    ['500', status(500), { kind: 'unavailable', code: 'HostUnavailable' }],
    ['503', status(503, { 'retry-after': '7' }), { kind: 'unavailable', retryAfterMs: 7000 }],
    ['203 of Azure DevOps', status(203, {}, HTML), { kind: 'refused', code: 'CredentialsRefused' }],
    ['302 to a sign-in page', status(302, { location: '/_signin?x=1' }), { code: 'CredentialsRefused' }],
    ['302 elsewhere', status(302, { location: 'https://example.com/info/refs' }), { code: 'RepositoryMoved' }],
    ['a web page', status(200, { 'content-type': 'text/html' }, HTML), { kind: 'refused', code: 'NotGit' }],
    ['refs as text', status(200, { 'content-type': 'text/plain' }, ADVERTISED), { code: 'NotGit' }],
    ['nothing', bytes('', 'advertisement'), { kind: 'refused', code: 'NotGit' }],
    ['something else', bytes('HTTP is fine', 'advertisement'), { kind: 'refused', code: 'NotGit' }],
    ['an error of Git', bytes(packets('ERR access denied\n'), 'advertisement'), { code: 'NotGit' }],
    ['a name for a commit', bytes(ADVERTISED.replace(one, 'x'.repeat(40)), 'advertisement'), { code: 'NotGit' }],
  ])('%s', async (_name, answer, expected) => {
    const { ask } = await setUp(() => answer);
    const fault = faultOf(await ask({ credentials: CREDENTIALS }));
    expect(fault).toMatchObject(expected);
    expect(fault.detail).not.toContain('canary');
    expect(fault.detail).toContain('/contoso/fleet.git');
  });

  test('a throttled host says until when, by the clock of the process', async () => {
    // The clock of the test stands at 2026-01-01.
    const reset = String(Date.UTC(2026, 0, 1, 0, 10) / 1000);
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset };
    const { ask } = await setUp(() => status(403, headers));
    expect(faultOf(await ask())).toMatchObject({ kind: 'unavailable', retryAfterMs: 600_000 });
  });

  test('what the host says is passed on, without the credentials that it echoes', async () => {
    const { ask } = await setUp(() => status(403, {}, { message: `No access for canary-5e1d (${CREDENTIALS}).` }));
    const { detail } = faultOf(await ask({ credentials: CREDENTIALS }));
    expect(detail).toContain('No access for ***');
    expect(detail).not.toContain('canary');
  });
});

describe('half an answer is none', () => {
  const whole = recorded('advertisement-v1').subarray(0, -4);

  test.each([
    ['without the end', whole],
    ['cut within a line', whole.subarray(0, -30)],
    ['cut within a line, with an end', Buffer.concat([whole.subarray(0, -30), Buffer.from('0000')])],
  ])('%s', async (_name, body) => {
    const { ask } = await setUp(() => bytes(body, 'advertisement'));
    expect(faultOf(await ask())).toMatchObject({ kind: 'refused', code: 'NotGit' });
  });

  test('a connection that breaks off', async () => {
    const { ask } = await setUp(() => ({
      byHand: (response) => {
        response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' });
        response.write(whole, () => response.destroy());
      },
    }));
    expect(faultOf(await ask())).toMatchObject({ kind: 'unavailable', code: 'NoConnection' });
  });

  it('holds for the list of version 2, too', async () => {
    const list = recorded('ls-refs-tags-v2');
    const { ask } = await setUp(({ method }) =>
      method === 'GET'
        ? bytes(recorded('advertisement-v2'), 'advertisement')
        : bytes(list.subarray(0, list.indexOf('\n') + 1), 'result'),
    );
    expect(faultOf(await ask({ kind: 'tag' }))).toMatchObject({ code: 'NotGit' });
  });
});

describe('moved repositories', () => {
  const to = (location: string): Answer => ({ status: 301, headers: { location } });

  test('on the same host are followed, with the credentials', async () => {
    const refs = answerRefs({ 'refs/heads/main': one }, 2);
    const { ask, fixture } = await setUp((request) =>
      request.url.startsWith('/old') ? to('/contoso/fleet.git/info/refs?service=git-upload-pack') : refs(request),
    );
    const url = `${fixture.endpoint}/old/fleet`;
    expect(valueOf(await ask({ url, credentials: CREDENTIALS }))).toEqual({ 'branch main': one });
    const asked = fixture.requests.map(({ url: path, headers }) => [
      path.split('?')[0],
      headers.authorization !== undefined,
    ]);
    expect(asked).toEqual([
      ['/old/fleet/info/refs', true],
      [`${PATH}/info/refs`, true],
      [`${PATH}/git-upload-pack`, true],
    ]);
  });

  test('on another host are not', async () => {
    const other = await setUp(answerRefs({ 'refs/heads/main': one }, 2));
    const { ask } = await setUp(() => to(`${other.url}/info/refs?service=git-upload-pack`));
    const fault = faultOf(await ask({ credentials: CREDENTIALS }));
    expect(fault).toMatchObject({ kind: 'refused', code: 'RepositoryMoved' });
    expect(other.fixture.requests).toEqual([]);
  });

  test('in a circle end', async () => {
    const { ask, fixture } = await setUp(({ url }) => to(url));
    expect(faultOf(await ask())).toMatchObject({ kind: 'refused', code: 'RepositoryMoved' });
    expect(fixture.requests).toHaveLength(4);
  });
});

describe('limits', () => {
  test('a host that does not answer is given up', async () => {
    const { ask } = await setUp(() => ({ byHand: () => undefined }), 50);
    expect(faultOf(await ask())).toMatchObject({ kind: 'unavailable', code: 'HostTimedOut' });
  });

  test('so is one that begins and does not go on', async () => {
    const { ask } = await setUp(
      () => ({
        byHand: (response) => {
          response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' });
          response.write('001e# service=git-upload-pack\n0000');
        },
      }),
      200,
    );
    expect(faultOf(await ask())).toMatchObject({ kind: 'unavailable', code: 'HostTimedOut' });
  });

  test('an answer that is too long, after decompression', async () => {
    const bomb = gzipSync(Buffer.alloc(GIT_ANSWER_BYTES_MAX + 1));
    const { ask } = await setUp(() => bytes(bomb, 'advertisement', { 'content-encoding': 'gzip' }));
    expect(faultOf(await ask())).toMatchObject({ kind: 'unavailable', code: 'AnswerTooLarge' });
  });

  test('more refs than may be read', async () => {
    const refs = Object.fromEntries(Array.from({ length: POLL_REFS_MAX + 1 }, (_, n) => [`refs/heads/b${n}`, one]));
    const { ask } = await setUp(answerRefs({ ...refs, 'refs/heads/main': two }, 2));
    expect(faultOf(await ask())).toMatchObject({ kind: 'refused', code: 'TooManyRefs' });
    expect(valueOf(await ask({ prefix: 'main' }))).toEqual({ 'branch main': two });
  });

  test('a name that is too long is left out', async () => {
    const { ask } = await setUp(answerRefs({ [`refs/heads/${'x'.repeat(251)}`]: one, 'refs/heads/main': two }, 1));
    expect(valueOf(await ask())).toEqual({ 'branch main': two });
  });
});

describe('whatever a host sends ends in refs or a fault', () => {
  test('a symbolic ref without a name, over which the library falls', async () => {
    const whole = recorded('advertisement-v1').toString('latin1');
    // As long as before, so that the lengths of the lines still hold.
    const broken = Buffer.from(whole.replace('symref=HEAD:', 'symref=:HEAD'), 'latin1');
    const { ask } = await setUp(() => bytes(broken, 'advertisement'));
    expect(faultOf(await ask({ kind: 'tag' }))).toMatchObject({ kind: 'refused', code: 'NotGit' });
  });

  test.each(['advertisement-v1', 'ls-refs-tags-v2'])('%s, damaged', async (name) => {
    let sent = Buffer.alloc(0);
    const isList = name === 'ls-refs-tags-v2';
    const { ask } = await setUp(({ method }) => {
      if (method === 'POST') return bytes(sent, 'result');
      return bytes(isList ? recorded('advertisement-v2') : sent, 'advertisement');
    });
    const base = recorded(name);
    const damaged = fc
      .tuple(fc.nat(base.length - 1), fc.uint8Array({ maxLength: 12 }), fc.nat(60))
      .map(([at, added, gone]) => Buffer.concat([base.subarray(0, at), Buffer.from(added), base.subarray(at + gone)]));
    const anything = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
    await fc.assert(
      fc.asyncProperty(fc.oneof(damaged, anything), async (body) => {
        sent = Buffer.from(body);
        const result = await ask({ kind: 'tag' });
        if (!result.ok) expect(result.fault.code).toBe('NotGit');
        else for (const { commit } of result.value) expect(commit).toMatch(/^[0-9a-f]{40}$/);
      }),
      { numRuns: 200 },
    );
  });
});
