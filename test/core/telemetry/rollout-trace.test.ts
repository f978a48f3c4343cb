import fc from 'fast-check';
import { ulid, ulidToUUID } from 'ulid';
import { describe, expect, it } from 'vitest';
import { traceOf } from '../../../src/core/telemetry/rollout-trace.ts';

describe('the trace of a rollout', () => {
  it.each([
    ['00000000000000000000000001', '00000000000000000000000000000001', '0000000000000001'],
    ['01ARZ3NDEKTSV4RRFFQ69G5FAV', '01563e3ab5d3d6764c61efb99302bd5b', '4c61efb99302bd5b'],
    ['7ZZZZZZZZZZZZZZZZZZZZZZZZZ', 'ffffffffffffffffffffffffffffffff', 'ffffffffffffffff'],
  ])('of %s is %s', (rolloutId, traceId, spanId) => {
    expect(traceOf(rolloutId)).toEqual({ traceId, spanId });
  });

  it.each([
    '',
    'run-1',
    '01arz3ndektsv4rrffq69g5fav',
    '01ARZ3NDEKTSV4RRFFQ69G5FA',
    '01ARZ3NDEKTSV4RRFFQ69G5FAVX',
    '01ARZ3NDEKTSV4RRFFQ69G5FAU',
    '8ZZZZZZZZZZZZZZZZZZZZZZZZZ',
    '01ARZ3NDEKTSV4RRFFQ69G5FAV\n',
    // No trace has an id of zeros only, and neither has a span.
    '00000000000000000000000000',
    '01ARZ3NDEKTSV0000000000000',
  ])('is none for %j', (rolloutId) => {
    expect(traceOf(rolloutId)).toBeUndefined();
  });

  it('has the very bits of the id, so that no two rollouts share one', () => {
    const ids = fc.integer({ min: 0, max: 2 ** 48 - 1 }).map((at) => ulid(at));
    fc.assert(
      fc.property(ids, (id) => {
        const traceId = ulidToUUID(id).replaceAll('-', '').toLowerCase();
        expect(traceOf(id)).toEqual({ traceId, spanId: traceId.slice(16) });
      }),
    );
  });
});
