import { describe, expect, it, vi } from 'vitest';
import { FleetFigures } from '../../src/app/telemetry/fleet-figures.ts';
import { Transient } from '../../src/contracts/errors.ts';
import { getMetrics } from '../../src/http/metrics.ts';
import { route, type Edge } from '../../src/http/route.ts';
import type { Gauge } from '../../src/ports/telemetry.ts';
import { Bench } from '../app/support.ts';
import { call, edgeOf, EMPTY_QUEUES } from './support.ts';

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"/;
const SAMPLE = new RegExp(
  `^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(${LABEL.source}(?:,${LABEL.source})*)\\})? (-?[0-9.]+(?:e[+-]?[0-9]+)?)$`,
);
const UNESCAPED: Readonly<Record<string, string>> = { '\\\\': '\\', '\\"': '"', '\\n': '\n' };

/** Reads the text format 0.0.4 of Prometheus ("Exposition formats"), every line of it; throws on a line that is none of it. */
function parse(text: string): { types: Map<string, string>; helps: Map<string, string>; samples: Sample[] } {
  const [types, helps] = [new Map<string, string>(), new Map<string, string>()];
  const samples: Sample[] = [];
  expect(text.endsWith('\n')).toBe(true);
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, comment, about = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (comment !== undefined) {
      const seen = comment === 'HELP' ? helps : types;
      expect(seen.has(about)).toBe(false);
      seen.set(about, rest);
      continue;
    }
    const [, name, labels = '', ...last] = SAMPLE.exec(line) ?? [];
    if (name === undefined) throw new Error(`no line of Prometheus: ${line}`);
    // HELP and TYPE of a metric come before its samples.
    expect([types.has(name), helps.has(name)]).toEqual([true, true]);
    const pairs = [...labels.matchAll(new RegExp(LABEL.source, 'g'))].map(([, key = '', value = '']) => [
      key,
      value.replace(/\\[\\"n]/g, (escaped) => UNESCAPED[escaped] ?? escaped),
    ]);
    samples.push({ name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(last.at(-1)) });
  }
  return { types, helps, samples };
}

const scrape = async (edge: Edge) => {
  const answer = await call(
    route(() => edge, 'Reader', getMetrics),
    { method: 'GET', path: '/api/metrics' },
  );
  return { ...answer, ...parse(answer.body as string) };
};

/** An edge whose figures are these. */
function edgeWith(gauges: readonly Gauge[]): Edge {
  const { deps } = new Bench([]);
  const figures = new FleetFigures(deps, EMPTY_QUEUES, (work) => work);
  vi.spyOn(figures, 'read').mockResolvedValue(gauges);
  return { ...edgeOf(deps), figures };
}

describe('GET /api/metrics', () => {
  it('answers in the text format of Prometheus, with words and a type for each metric', async () => {
    const bench = new Bench([{}, {}]);
    const { id } = await bench.submitAndPlan();
    const { status, headers, types, helps, samples } = await scrape(edgeOf(bench.deps));
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
    expect([...types.keys()].sort()).toEqual([...helps.keys()].sort());
    expect(Object.fromEntries(types)).toEqual({
      flotilla_rollouts: 'gauge',
      flotilla_rollout_clusters: 'gauge',
      flotilla_rollout_overdue_seconds: 'gauge',
      flotilla_stage_age_seconds: 'gauge',
      flotilla_budget_used_ratio: 'gauge',
      flotilla_azure_throttled_total: 'counter',
      flotilla_queue_oldest_age_seconds: 'gauge',
      flotilla_dead_letters: 'gauge',
      flotilla_measure_failed: 'gauge',
    });
    expect(samples).toContainEqual({ name: 'flotilla_rollouts', labels: { status: 'Running' }, value: 1 });
    expect(samples).toContainEqual({ name: 'flotilla_rollouts', labels: { status: 'Halted' }, value: 0 });
    expect(samples).toContainEqual({ name: 'flotilla_rollout_overdue_seconds', labels: {}, value: 0 });
    expect(samples.filter(({ labels }) => labels['rollout'] === id)).toHaveLength(1);
    const series = samples.map(({ name, labels }) => JSON.stringify([name, labels]));
    expect(new Set(series).size).toBe(series.length);
  });

  it('escapes whatever stands in labels and help', async () => {
    const nasty = ['a"b', 'a\\b', 'a\nb', '\\n', '",x="y', 'ä{}', ''];
    const { samples, helps } = await scrape(
      edgeWith([
        {
          name: 'a.b',
          help: 'one\\two\nlines',
          unit: '{x}',
          values: nasty.map((stage, value) => ({ attributes: { stage }, value })),
        },
      ]),
    );
    expect(samples).toEqual(nasty.map((stage, value) => ({ name: 'a_b', labels: { stage }, value })));
    expect(helps.get('a_b')).toBe('one\\\\two\\nlines');
  });

  it('writes numbers and labels of any kind, and metrics of which some values lack a label', async () => {
    const { samples } = await scrape(
      edgeWith([
        {
          name: 'n',
          help: 'h',
          unit: '1',
          values: [
            { attributes: { pool: 'graph' }, value: 0.25 },
            { attributes: { pool: 'arm', subscription: 's', on: true, n: 3 }, value: 1e21 },
          ],
        },
      ]),
    );
    expect(samples).toEqual([
      { name: 'n_ratio', labels: { pool: 'graph' }, value: 0.25 },
      { name: 'n_ratio', labels: { pool: 'arm', subscription: 's', on: 'true', n: '3' }, value: 1e21 },
    ]);
  });

  it('each scrape stands for itself: nothing of the one before is left', async () => {
    const edge = edgeWith([]);
    const read = vi.spyOn(edge.figures, 'read');
    const one = { name: 'n', help: 'h', unit: 's', values: [{ attributes: { stage: 'a' }, value: 1 }] };
    read.mockResolvedValueOnce([one]);
    expect((await scrape(edge)).samples).toEqual([{ name: 'n_seconds', labels: { stage: 'a' }, value: 1 }]);
    read.mockResolvedValueOnce([{ ...one, values: [{ attributes: { stage: 'b' }, value: 2 }] }]);
    expect((await scrape(edge)).samples).toEqual([{ name: 'n_seconds', labels: { stage: 'b' }, value: 2 }]);
  });

  it('answers while something is away, and says what', async () => {
    const { deps } = new Bench([]);
    const away = () => Promise.reject(new Transient('Away', 'no'));
    const watch = { oldestSince: away, deadLetters: away };
    const { status, samples } = await scrape({
      ...edgeOf(deps),
      figures: new FleetFigures(deps, watch, (work) => work),
    });
    expect(status).toBe(200);
    expect(samples).toContainEqual({ name: 'flotilla_measure_failed', labels: { part: 'dead letters' }, value: 1 });
    expect(samples).toContainEqual({ name: 'flotilla_measure_failed', labels: { part: 'rollouts' }, value: 0 });
  });
});
