import { describe, expect, it } from 'vitest';
import { Refusal } from '../../src/contracts/errors.ts';
import { REQUEST_BODY_BYTES_MAX } from '../../src/contracts/limits.ts';
import { readBody, readOptionalBody } from '../../src/http/body.ts';
import { httpRequest } from './support.ts';

const read = (body: string | Buffer, type = 'application/json', headers = {}) =>
  readBody(httpRequest({ body, headers: { 'content-type': type, ...headers } }));

async function refusal(work: Promise<unknown>): Promise<{ status: number; code: string }> {
  const error = await work.then(
    () => 'accepted',
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Refusal)) throw new Error(String(error));
  return { status: error.status, code: error.code };
}

describe('a body', () => {
  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON'])(
    'of type %s is JSON',
    async (type) => {
      expect(await read('{"a":[1]}', type)).toEqual({ a: [1] });
    },
  );

  it.each(['application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml; charset=utf-8'])(
    'of type %s is YAML',
    async (type) => {
      expect(await read('a: [1]\nb: "on"\nc: on\nd: 010', type)).toEqual({ a: [1], b: 'on', c: 'on', d: 10 });
    },
  );

  it.each(['', 'text/plain', 'application/xml', 'multipart/form-data; boundary=x', 'application/jsonp'])(
    'of type %j is refused',
    async (type) => {
      expect(await refusal(read('{}', type))).toEqual({ status: 415, code: 'UnsupportedContentType' });
    },
  );

  it.each(['', '{', '{"a":}', 'nonsense', '[1,]'])('of JSON that does not parse is refused: %j', async (body) => {
    expect(await refusal(read(body))).toEqual({ status: 400, code: 'InvalidJson' });
  });

  it.each([
    ['broken', 'a: [1'],
    ['two documents', 'a: 1\n---\nb: 2'],
    ['a key twice', 'a: 1\na: 2'],
    ['a custom tag', 'a: !!js/function x'],
    ['an alias to nothing', 'a: *x'],
    ['an alias bomb', bomb()],
  ])('of YAML that is %s is refused', async (_what, body) => {
    expect(await refusal(read(body, 'application/yaml'))).toEqual({ status: 400, code: 'InvalidYaml' });
  });

  it('that is no UTF-8 is refused', async () => {
    expect(await refusal(read(Buffer.from([0x22, 0xff, 0xfe, 0x22])))).toEqual({
      status: 400,
      code: 'InvalidEncoding',
    });
  });

  it('may be as large as the cap, by bytes, not by characters', async () => {
    expect(await read(`"${'x'.repeat(REQUEST_BODY_BYTES_MAX - 2)}"`)).toHaveLength(REQUEST_BODY_BYTES_MAX - 2);
    expect(await refusal(read(`"${'x'.repeat(REQUEST_BODY_BYTES_MAX - 1)}"`))).toEqual({
      status: 413,
      code: 'BodyTooLarge',
    });
    expect(await refusal(read(`"${'ä'.repeat(REQUEST_BODY_BYTES_MAX / 2)}"`))).toEqual({
      status: 413,
      code: 'BodyTooLarge',
    });
  });

  it('that says it is too large is not read at all', async () => {
    const said = String(REQUEST_BODY_BYTES_MAX + 1);
    expect(await refusal(read('{}', 'application/json', { 'content-length': said }))).toEqual({
      status: 413,
      code: 'BodyTooLarge',
    });
  });

  it('that makes a key of __proto__ does not reach the prototype', async () => {
    const parsed = (await read('{"__proto__":{"polluted":true}}')) as object;
    expect(Object.keys(parsed)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('an optional body', () => {
  it('may be absent', async () => {
    expect(await readOptionalBody(httpRequest({}))).toEqual({});
    expect(
      await readOptionalBody(
        httpRequest({ body: '', headers: { 'content-length': '0', 'content-type': 'application/json' } }),
      ),
    ).toEqual({});
  });

  it('is read when it is there', async () => {
    const sent = { body: '{"reason":"x"}', headers: { 'content-type': 'application/json', 'content-length': '14' } };
    expect(await readOptionalBody(httpRequest(sent))).toEqual({ reason: 'x' });
  });
});

/** Nine levels of nine aliases each: four hundred million values from 400 bytes. */
function bomb(): string {
  const levels = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
  return levels
    .map(
      (name, n) =>
        `${name}: &${name} [${Array.from({ length: 9 }, () => (n === 0 ? 'x' : `*${levels[n - 1]}`)).join(', ')}]`,
    )
    .join('\n');
}
