import { describe } from 'vitest';
import { MemoryTelemetry } from '../../src/adapters/memory/telemetry.ts';
import { TELEMETRY_OFF } from '../../src/adapters/telemetry/off.ts';
import { collector, telemetryTo } from '../adapters/telemetry/set-up.ts';
import { describeTelemetry } from './telemetry.ts';

describe('in memory', () => describeTelemetry(() => new MemoryTelemetry()));
describe('off', () => describeTelemetry(() => TELEMETRY_OFF));
describe('OpenTelemetry', () => describeTelemetry(async () => telemetryTo(await collector())));
describe('OpenTelemetry, nothing sampled', () =>
  describeTelemetry(async () => telemetryTo(await collector(), { sampledShare: 0 })));
