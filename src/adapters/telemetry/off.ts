import type { Telemetry } from '../../ports/telemetry.ts';

/** Where nobody collects anything: work runs as it is, and nothing is kept. */
export const TELEMETRY_OFF: Telemetry = {
  span: async (_facts, work) => work({ set: () => undefined }),
  count: () => undefined,
  record: () => undefined,
  gauges: () => undefined,
  flush: async () => undefined,
};
