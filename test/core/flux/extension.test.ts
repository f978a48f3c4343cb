import { describe, expect, it } from 'vitest';
import { extensionState, observeExtension } from '../../../src/core/flux/extension.ts';

describe('observeExtension', () => {
  it.each([
    ['Succeeded', 'Succeeded'],
    ['Failed', 'Failed'],
    ['Canceled', 'Failed'],
    ['Deleting', 'Deleting'],
    ['Creating', 'Installing'],
    ['Updating', 'Installing'],
    [undefined, 'Installing'],
    [null, 'Installing'],
  ])('reads %s as %s', (provisioningState, state) => {
    expect(observeExtension({ properties: { provisioningState } }).state).toBe(state);
  });

  it.each([
    [
      'its errorInfo',
      { errorInfo: { code: 'X', message: 'helm timed out' }, statuses: [{ message: 'other' }] },
      'helm timed out',
    ],
    [
      'a status entry whose level is null',
      { errorInfo: null, statuses: [{ level: null, message: 'failed to install chart' }] },
      'failed to install chart',
    ],
    [
      'the first entry that says anything',
      { statuses: [{ message: null }, { message: '' }, { message: 'late' }] },
      'late',
    ],
    ['nothing at all', {}, 'The microsoft.flux extension failed without a message.'],
  ])('of a failed one tells %s', (_what, more, detail) => {
    expect(observeExtension({ properties: { provisioningState: 'Failed', ...more } })).toEqual({
      state: 'Failed',
      detail,
    });
  });

  it('reads a body without properties', () => {
    expect(observeExtension({}).state).toBe('Installing');
  });
});

it.each([
  [undefined, 'Missing'],
  ['Succeeded', 'Succeeded'],
  ['Failed', 'Failed'],
  ['Canceled', 'Failed'],
  ['Creating', 'Busy'],
  ['Updating', 'Busy'],
  ['Deleting', 'Busy'],
  ['Quantum', 'Unknown'],
])('extensionState of %s is %s', (provisioningState, state) => {
  expect(extensionState(provisioningState)).toBe(state);
});
