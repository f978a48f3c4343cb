import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { measureFleet } from '../../src/app/telemetry/measure-fleet.ts';
import { getMetrics } from '../../src/http/metrics.ts';
import { route } from '../../src/http/route.ts';
import type { CounterName, DurationName } from '../../src/ports/telemetry.ts';
import { sweep } from '../app/compliance/support.ts';
import { Bench } from '../app/support.ts';
import { call, edgeOf, EMPTY_QUEUES } from '../http/support.ts';

const page = readFileSync(new URL('../../docs/telemetry.md', import.meta.url), 'utf8');

/** A record, so that a metric that is added must be added here too. */
const PUSHED: Readonly<Record<CounterName | DurationName, true>> = {
  'flotilla.rollouts.started': true,
  'flotilla.rollouts.ended': true,
  'flotilla.clusters.ended': true,
  'flotilla.azure.requests': true,
  'flotilla.stage.duration': true,
  'flotilla.queue.age': true,
};

const bench = new Bench([{}]);
await bench.submitAndPlan();
await sweep(bench);
const gauges = await measureFleet(bench.deps, EMPTY_QUEUES, (work) => work);
const { body } = await call(
  route(() => edgeOf(bench.deps), 'Reader', getMetrics),
  { method: 'GET', path: '/api/metrics' },
);
const scraped = [...(body as string).matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name);

describe('docs/telemetry.md', () => {
  it.each(Object.keys(PUSHED))('says what %s is', (name) => {
    expect(page).toContain(`| \`${name}\` |`);
  });

  it('has a row for each figure, with its name in Prometheus and its attributes', () => {
    expect(scraped).toHaveLength(gauges.length);
    for (const [at, { name, values }] of gauges.entries()) {
      const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` | \`${scraped[at]}\` |`));
      const attributes = Object.keys(values[0]?.attributes ?? {});
      expect([name, attributes.filter((one) => row?.includes(`\`${one}\``) !== true)]).toEqual([name, []]);
    }
    expect(page.match(/^\| `flotilla\.[a-z.]+` \|/gm)).toHaveLength(gauges.length + Object.keys(PUSHED).length);
  });

  it('has examples for Prometheus that are YAML and name metrics that there are', () => {
    const examples = [...page.matchAll(/```yaml\n([^`]+)```/g)].map(([, text = '']) => text);
    for (const example of examples) expect(parse(example)).toBeTypeOf('object');
    const named = examples.flatMap((example) => example.match(/\bflotilla_\w+/g) ?? []);
    expect(scraped).toEqual(expect.arrayContaining(named));
    expect(named.length).toBeGreaterThan(0);
  });
});
