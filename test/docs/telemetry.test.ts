import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { telemetrySettings } from '../../src/config/telemetry.ts';
import { kqlErrors } from '../infra/support/kql.ts';

const page = readFileSync(new URL('../../docs/telemetry.md', import.meta.url), 'utf8');
const queries = [...page.matchAll(/```kusto\n([^]*?)```/g)].map(([, query = '']) => query);

describe('docs/telemetry.md', () => {
  it.each(queries)('asks what a workspace can answer: %s', (query) => {
    expect(kqlErrors(query)).toEqual([]);
  });

  it('says what each setting is', () => {
    expect(queries.length).toBeGreaterThan(0);
    const ours = Object.keys(telemetrySettings).filter((name) => /^(OTEL|APPLICATIONINSIGHTS)_/.test(name));
    const rows = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name);
    expect(rows.sort()).toEqual(ours.sort());
  });
});
