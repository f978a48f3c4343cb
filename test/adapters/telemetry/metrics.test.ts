import { MeterProvider } from '@opentelemetry/sdk-metrics';
import {
  InMemoryMetricExporter,
  AggregationTemporality,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { expect, it } from 'vitest';
import { Figures } from '../../../src/adapters/telemetry/figures.ts';
import { FIGURES_TOLD_SECONDS } from '../../../src/contracts/timing.ts';
import type { Gauge } from '../../../src/ports/telemetry.ts';
import { collector, telemetryTo } from './set-up.ts';

const stages = (...values: Gauge['values']): Gauge => ({
  name: 'flotilla.stage.age',
  help: 'How long the present stage of a rollout has been at work.',
  unit: 's',
  values,
});

it('counts and measures, with units', async () => {
  const receiver = await collector();
  const telemetry = telemetryTo(receiver);
  telemetry.count('flotilla.azure.requests', { kind: 'write', status: 200 });
  telemetry.count('flotilla.azure.requests', { kind: 'write', status: 200 }, 4);
  telemetry.count('flotilla.azure.requests', { kind: 'read', status: 429 });
  telemetry.count('flotilla.clusters.ended', { verdict: 'Succeeded' });
  telemetry.record('flotilla.queue.age', 1.5, { queue: 'operations' });
  telemetry.record('flotilla.queue.age', 2.5, { queue: 'operations' });
  telemetry.record('flotilla.stage.duration', 7200, { status: 'Succeeded' });
  await telemetry.flush();
  const metrics = receiver.metrics();
  expect(metrics).toEqual([
    {
      name: 'flotilla.azure.requests',
      unit: '{request}',
      kind: 'sum',
      points: [
        { attributes: { kind: 'write', status: 200 }, value: 5 },
        { attributes: { kind: 'read', status: 429 }, value: 1 },
      ],
    },
    {
      name: 'flotilla.clusters.ended',
      unit: '{cluster}',
      kind: 'sum',
      points: [{ attributes: { verdict: 'Succeeded' }, value: 1 }],
    },
    {
      name: 'flotilla.queue.age',
      unit: 's',
      kind: 'histogram',
      points: [{ attributes: { queue: 'operations' }, value: 4, count: 2 }],
    },
    {
      name: 'flotilla.stage.duration',
      unit: 's',
      kind: 'histogram',
      points: [{ attributes: { status: 'Succeeded' }, value: 7200, count: 1 }],
    },
  ]);
});

it('goes on counting over exports', async () => {
  const receiver = await collector();
  const telemetry = telemetryTo(receiver);
  for (let turn = 0; turn < 3; turn += 1) {
    telemetry.count('flotilla.rollouts.started', {});
    await telemetry.flush();
  }
  expect(receiver.metrics().map(({ points }) => points[0]!.value)).toEqual([1, 2, 3]);
});

it('tells the newest figures in place of the former ones', async () => {
  const receiver = await collector();
  const telemetry = telemetryTo(receiver);
  telemetry.gauges([stages({ attributes: { rollout: 'a' }, value: 60 }, { attributes: { rollout: 'b' }, value: 5 })]);
  await telemetry.flush();
  telemetry.gauges([stages({ attributes: { rollout: 'b' }, value: 65 })]);
  await telemetry.flush();
  const shape = { name: 'flotilla.stage.age', unit: 's', kind: 'gauge' };
  expect(receiver.metrics()).toEqual([
    {
      ...shape,
      points: [
        { attributes: { rollout: 'a' }, value: 60 },
        { attributes: { rollout: 'b' }, value: 5 },
      ],
    },
    { ...shape, points: [{ attributes: { rollout: 'b' }, value: 65 }] },
  ]);
});

it('tells figures as long as they are fresh: another process may have measured since', async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.DELTA);
  const meters = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] });
  let nowMs = 1_000_000;
  const figures = new Figures(meters.getMeter('test'), () => nowMs);
  figures.take([stages({ attributes: {}, value: 60 })]);
  const exported: number[] = [];
  for (const laterMs of [FIGURES_TOLD_SECONDS * 1000, 1]) {
    nowMs += laterMs;
    await meters.forceFlush();
    exported.push(exporter.getMetrics().length);
  }
  await meters.shutdown();
  expect(exported).toEqual([1, 1]);
});
