import { describe, expect, test } from 'vitest';
import type { ArmFound, ArmResult } from '../../../src/ports/arm.ts';
import { CHILDREN, CLUSTER, faultOf, setUp, type Setup } from './set-up.ts';

const LISTS: readonly [name: string, path: string, list: (arm: Setup['arm']) => Promise<ArmResult<unknown>>][] = [
  ['configurations', 'fluxConfigurations?api-version=2025-04-01', (arm) => arm.listConfigurations(CLUSTER)],
  ['Flux v1', 'sourceControlConfigurations?api-version=2022-03-01', (arm) => arm.listFluxV1(CLUSTER)],
  ['extensions', 'extensions?api-version=2023-05-01', (arm) => arm.findFluxExtension(CLUSTER)],
];

describe.each(LISTS)('a list of %s', (_name, path, list) => {
  test('is read to its last page, each resource as it came', async () => {
    const first = { name: 'one', properties: { extensionType: 'other', unknownField: 1 } };
    const second = { name: 'two', properties: { extensionType: 'microsoft.flux' } };
    const { arm, fixture } = await setUp(({ url, headers }) =>
      url.includes('page=2')
        ? { status: 200, body: { value: [second], nextLink: null } }
        : { status: 200, body: { value: [first], nextLink: `https://${headers.host ?? ''}${url}&page=2` } },
    );
    const result = await list(arm);
    const found: ArmFound[] = [
      { name: 'one', resource: first },
      { name: 'two', resource: second },
    ];
    expect(result).toEqual({ ok: true, value: path.startsWith('extensions') ? found[1] : found });
    const url = `${CHILDREN}/${path}`;
    expect(fixture.requests.map((request) => request.url)).toEqual([url, `${url}&page=2`]);
  });

  test('is not continued on another host', async () => {
    const { arm, fixture } = await setUp(() => ({
      status: 200,
      body: { value: [], nextLink: 'https://evil.example/x' },
    }));
    expect(faultOf(await list(arm))).toMatchObject({ kind: 'unavailable', code: 'ForeignNextLink' });
    expect(fixture.requests).toHaveLength(1);
  });

  test('ends, even if it never does', async () => {
    const { arm, fixture } = await setUp(({ url, headers }) => ({
      status: 200,
      body: { value: [], nextLink: `https://${headers.host ?? ''}${url}` },
    }));
    expect(faultOf(await list(arm))).toMatchObject({ kind: 'unavailable', code: 'TooManyPages' });
    expect(fixture.requests).toHaveLength(10);
  });

  test.each([
    ['no list', { items: [] }],
    ['a resource without a name', { value: [{ properties: {} }] }],
  ])('with %s is not taken for an empty one', async (_case, body) => {
    const { arm } = await setUp(() => ({ status: 200, body }));
    expect(faultOf(await list(arm))).toMatchObject({ kind: 'unavailable', code: 'UnreadableAnswer' });
  });

  test('whose second page fails is no list', async () => {
    const { arm } = await setUp(({ url, headers }) =>
      url.includes('page=2')
        ? { status: 503, body: { error: { code: 'ServerBusy', message: 'later' } } }
        : { status: 200, body: { value: [], nextLink: `https://${headers.host ?? ''}${url}&page=2` } },
    );
    expect(faultOf(await list(arm))).toMatchObject({ kind: 'unavailable', code: 'ServerBusy' });
  });
});
