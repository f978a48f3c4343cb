import { expect, it } from 'vitest';
import { Health } from '../../src/app/check-health.ts';
import { getHealth, getHealthDetails } from '../../src/http/health.ts';
import { openRoute, route, type Edge } from '../../src/http/route.ts';
import { Bench } from '../app/support.ts';
import { call, edgeOf } from './support.ts';

/** An edge with one dependency, which answers with words or fails with them. */
function edge(words: string, fails = false): Edge {
  const { deps } = new Bench([]);
  const check = () => (fails ? Promise.reject(new Error(words)) : Promise.resolve(words));
  return { ...edgeOf(deps), health: new Health(deps, [{ name: 'service bus', check }], (work) => work) };
}

const brief = (one: Edge) =>
  call(
    openRoute(() => one, getHealth),
    { method: 'GET' },
  );
const details = (one: Edge) =>
  call(
    route(() => one, 'Reader', getHealthDetails),
    { method: 'GET' },
  );

it('anybody is told which part does not answer, and nothing of what it says', async () => {
  const sick = await brief(edge('sb-secret-name is away', true));
  expect(sick).toMatchObject({ status: 503, json: { ok: false } });
  expect(sick.json['parts']).toContainEqual({ name: 'service bus', ok: false });
  expect(JSON.stringify(sick)).not.toContain('sb-secret-name');
  const well = await brief(edge('sb-secret-name is there'));
  expect(well).toMatchObject({ status: 200, json: { ok: true } });
  expect(JSON.stringify(well)).not.toContain('sb-secret-name');
});

it('readers are told why', async () => {
  const sick = await details(edge('sb-secret-name is away', true));
  expect(sick).toMatchObject({ status: 503, json: { ok: false } });
  expect(sick.json['parts']).toContainEqual({ name: 'service bus', ok: false, detail: 'sb-secret-name is away' });
  expect((await details(edge('fine'))).status).toBe(200);
});
