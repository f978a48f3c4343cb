import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { benchColdStart } from '../bench/cold-start.ts';

it('what is deployed registers every function from a small file, and all that they call is beside it', () => {
  const folder = new URL('../functions/', import.meta.url);
  const sources = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'));
  const { functions, mainKiB, applicationMiB, telemetryMiB } = benchColdStart(1);
  expect(functions).toBe(sources.join('').match(/functions\.\w+\(/g)?.length);
  expect(mainKiB).toBeLessThan(128);
  expect(applicationMiB).toBeGreaterThan(1);
  expect(telemetryMiB).toBeGreaterThan(0.5);
}, 60_000);
