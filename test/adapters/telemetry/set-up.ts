import { afterEach } from 'vitest';
import { createTelemetry } from '../../../src/adapters/telemetry/telemetry.ts';
import type { TelemetryOptions } from '../../../src/adapters/telemetry/options.ts';
import type { Telemetry } from '../../../src/ports/telemetry.ts';
import type { Answer } from '../http-fixture.ts';
import { startOtlpReceiver, type OtlpReceiver } from './otlp-receiver.ts';

/** Two rollouts, with the traces that follow from their ids. */
export const ROLLOUT = {
  id: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  traceId: '01563e3ab5d3d6764c61efb99302bd5b',
  spanId: '4c61efb99302bd5b',
};
export const OTHER_ROLLOUT = { id: '01BX5ZZKBKACTAV9WEVGEMMVRY' };

/** A trace of somebody else, whose flag says that it is not sampled. */
export const HOST = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
export const HOST_PARENT = `00-${HOST.traceId}-${HOST.spanId}-00`;

const receivers: OtlpReceiver[] = [];
afterEach(async () => {
  await Promise.all(receivers.splice(0).map((receiver) => receiver.stop()));
});

/** A collector that is stopped when the test is over. */
export async function collector(answer?: () => Answer): Promise<OtlpReceiver> {
  const receiver = await startOtlpReceiver(answer);
  receivers.push(receiver);
  return receiver;
}

/** Telemetry as a process of its own would have it. */
export function telemetryTo({ url }: Pick<OtlpReceiver, 'url'>, changes: Partial<TelemetryOptions> = {}): Telemetry {
  return createTelemetry({ otlpEndpoint: url, sampledShare: 1, site: {}, log: new LogLines(), ...changes });
}

/** A log that keeps what it is told. */
export class LogLines {
  readonly lines: { readonly level: string; readonly message: string; readonly facts: unknown }[] = [];
  readonly info = (message: string, facts?: unknown): void => void this.lines.push({ level: 'info', message, facts });
  readonly warn = (message: string, facts?: unknown): void => void this.lines.push({ level: 'warn', message, facts });
  readonly error = (message: string, facts?: unknown): void => void this.lines.push({ level: 'error', message, facts });
}
