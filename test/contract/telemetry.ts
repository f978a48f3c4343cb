import { describe, expect, it } from 'vitest';
import type { SpanFacts, Telemetry } from '../../src/ports/telemetry.ts';

const FACTS: readonly SpanFacts[] = [
  { name: 'GET rollouts/{id}', kind: 'server', traceParent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
  { name: 'queue-operations', kind: 'consumer', rolloutId: '01ARZ3NDEKTSV4RRFFQ69G5FAV' },
  { name: 'submit rollout', kind: 'internal', rolloutId: '01ARZ3NDEKTSV4RRFFQ69G5FAV', isRoot: true },
  {
    name: 'odd',
    kind: 'client',
    rolloutId: 'no ULID',
    traceParent: 'no trace',
    attributes: { empty: '', large: 1e308 },
  },
];

/** What telemetry does whoever collects it: nothing that work would notice. */
export function describeTelemetry(make: () => Telemetry | Promise<Telemetry>): void {
  describe.each(FACTS)('a span %j', (facts) => {
    it('gives what its work gives', async () => {
      const telemetry = await make();
      const given = { verdict: 'Succeeded' };
      expect(await telemetry.span(facts, async () => given)).toBe(given);
    });

    it('fails as its work fails', async () => {
      const telemetry = await make();
      const error = new Error('Conflict');
      await expect(telemetry.span(facts, () => Promise.reject(error))).rejects.toBe(error);
      const thrown = telemetry.span(facts, () => {
        throw error;
      });
      await expect(thrown).rejects.toBe(error);
    });
  });

  it('runs work once, within others and beside others', async () => {
    const telemetry = await make();
    let runs = 0;
    const inner = (): Promise<number> => telemetry.span(FACTS[1]!, async () => (runs += 1));
    await telemetry.span(FACTS[0]!, () => Promise.all([inner(), inner(), telemetry.span(FACTS[2]!, inner)]));
    expect(runs).toBe(3);
  });

  it('takes attributes, also when the span is over', async () => {
    const telemetry = await make();
    const late = await telemetry.span(FACTS[0]!, async (span) => {
      span.set({ 'http.response.status_code': 500, 'error.type': '500' });
      return span;
    });
    expect(() => late.set({ late: true })).not.toThrow();
  });

  it('takes figures that make no sense', async () => {
    const telemetry = await make();
    expect(() => {
      telemetry.count('flotilla.rollouts.started', {}, -1);
      telemetry.count('flotilla.azure.requests', { status: 200 }, Number.NaN);
      telemetry.record('flotilla.queue.age', -5, { queue: 'operations' });
      telemetry.record('flotilla.stage.duration', Number.POSITIVE_INFINITY, {});
      telemetry.gauges([{ name: 'not a name', help: '', unit: '', values: [{ attributes: {}, value: Number.NaN }] }]);
      telemetry.gauges([]);
    }).not.toThrow();
    await telemetry.flush();
    await telemetry.flush();
  });
}
