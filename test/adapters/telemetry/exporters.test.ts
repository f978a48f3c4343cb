import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { expect, it } from 'vitest';
import { harmless, type Exporters } from '../../../src/adapters/telemetry/exporters.ts';
import { LogLines } from './set-up.ts';

type Send = (done: (result: ExportResult) => void) => unknown;

const SUCCESS = { code: ExportResultCode.SUCCESS };
const FAILED = { code: ExportResultCode.FAILED, error: new Error('refused') };

/** Exporters as libraries make them: what they do is up to them. */
function exporters(send: Send): Exporters {
  const shutdown = async (): Promise<void> => undefined;
  const parts = { export: (_items: unknown, done: (result: ExportResult) => void) => void send(done), shutdown };
  return { spans: parts, metrics: { ...parts, forceFlush: shutdown } satisfies PushMetricExporter };
}

it.each<readonly [string, Send, ExportResult]>([
  ['succeeds', (done) => done(SUCCESS), SUCCESS],
  ['fails', (done) => done(FAILED), FAILED],
  // As that of Application Insights does.
  ['calls back twice', (done) => [done(FAILED), done(SUCCESS)], FAILED],
  [
    'throws',
    () => {
      throw new Error('refused');
    },
    FAILED,
  ],
])('an exporter that %s ends its export once, and is told when it failed', async (_what, send, expected) => {
  const log = new LogLines();
  const { spans } = harmless('test', exporters(send), log);
  const results: ExportResult[] = [];
  await new Promise<void>((resolve) => {
    spans.export([], (result) => {
      results.push(result);
      resolve();
    });
  });
  await new Promise(setImmediate);
  expect(results).toEqual([expected]);
  expect(log.lines.map(({ message }) => message)).toEqual(expected === FAILED ? ['telemetry not exported'] : []);
});
