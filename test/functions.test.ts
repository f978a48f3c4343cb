import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  NOTIFICATIONS_QUEUE,
  OPERATIONS_QUEUE,
  QUEUES,
  REQUESTS_QUEUE,
  REVISIONS_QUEUE,
  ROLLOUTS_QUEUE,
  STATUSES_QUEUE,
  SWEEPS_QUEUE,
} from '../src/contracts/queues.ts';

const folder = new URL('../functions/', import.meta.url);
const sources = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'));
const CONSTANTS: Readonly<Record<string, string>> = {
  NOTIFICATIONS_QUEUE,
  OPERATIONS_QUEUE,
  REQUESTS_QUEUE,
  REVISIONS_QUEUE,
  ROLLOUTS_QUEUE,
  STATUSES_QUEUE,
  SWEEPS_QUEUE,
};

/** What stands behind `queueName:` in the sources of the triggers. */
const triggers = sources
  .flatMap((source) => [...source.matchAll(/queueName: (?:`\$\{(\w+)\}(.*?)`|(\w+))/g)])
  .map(([, templated, suffix = '', plain]) => `${CONSTANTS[templated ?? plain ?? ''] ?? '?'}${suffix}`);

it('every queue has exactly one trigger', () => {
  const own = triggers.filter((name) => !name.includes('/'));
  expect(own.sort()).toEqual(QUEUES.map(({ name }) => name).sort());
});

it('dead letters of wake-ups, operations, sweeps, revisions, statuses and notifications are accounted; those of requests stay for their senders', () => {
  const dead = triggers.filter((name) => name.includes('/'));
  expect(dead.sort()).toEqual(
    [NOTIFICATIONS_QUEUE, OPERATIONS_QUEUE, REVISIONS_QUEUE, ROLLOUTS_QUEUE, STATUSES_QUEUE, SWEEPS_QUEUE].map(
      (queue) => `${queue}/$deadletterqueue`,
    ),
  );
});

it('every trigger has a name of its own', () => {
  const names = sources.flatMap((source) =>
    [...source.matchAll(/functions\.\w+\(\s*'([^']+)'/g)].map(([, name]) => name),
  );
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBe(sources.join('').match(/functions\.\w+\(/g)?.length);
});
