import type { OpenSpan, SpanFacts, Telemetry } from '../../ports/telemetry.ts';
import { TELEMETRY_OFF } from './off.ts';
import type { TelemetryOptions } from './options.ts';

/**
 * Traces and metrics by OpenTelemetry, to whichever collectors there are; off when there is none. The SDK is loaded by the
 * first use: who collects nothing does not pay for it, and no process does before it has something to tell.
 */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { otlpEndpoint, applicationInsights } = options;
  if (otlpEndpoint === undefined && applicationInsights === undefined) return TELEMETRY_OFF;
  return new LateTelemetry(options);
}

class LateTelemetry implements Telemetry {
  readonly #options: TelemetryOptions;
  #loading: Promise<Telemetry> | undefined;

  constructor(options: TelemetryOptions) {
    this.#options = options;
  }

  async span<T>(facts: SpanFacts, work: (span: OpenSpan) => Promise<T>): Promise<T> {
    // The first span waits for the SDK: it may be the root of a trace, which comes only once.
    return (await this.#load()).span(facts, work);
  }

  count: Telemetry['count'] = (...counted) => void this.#load().then((telemetry) => telemetry.count(...counted));

  record: Telemetry['record'] = (...recorded) => void this.#load().then((telemetry) => telemetry.record(...recorded));

  gauges: Telemetry['gauges'] = (measured) => void this.#load().then((telemetry) => telemetry.gauges(measured));

  async flush(): Promise<void> {
    await (await this.#loading)?.flush();
  }

  #load(): Promise<Telemetry> {
    this.#loading ??= load(this.#options);
    return this.#loading;
  }
}

/** Work goes on without telemetry when the SDK cannot start. */
async function load(options: TelemetryOptions): Promise<Telemetry> {
  try {
    const { createSdkTelemetry } = await import('./sdk.ts');
    return await createSdkTelemetry(options);
  } catch (error) {
    options.log.error('telemetry could not start', { error });
    return TELEMETRY_OFF;
  }
}
