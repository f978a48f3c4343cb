import { expect, test } from 'vitest';
import type { PlannedResource } from '../../../src/core/policy/arbitrate.ts';
import { standingBeside } from '../../../src/core/policy/beside.ts';

const configuration = (name: string, properties?: object): PlannedResource => ({
  kind: 'configuration',
  name,
  properties: properties && { ...properties },
});
const extension: PlannedResource = { kind: 'extension', name: 'flux', properties: { extensionType: 'microsoft.flux' } };
const there = (name: string) => ({ name, properties: { from: 'cluster' } });
const left = (name: string) => ({ name, properties: { from: 'plan' } });
const app = configuration('app', { from: 'plan' });

test.each([
  ['nothing', [app], [], []],
  ['what the plan does not touch', [app], [there('twin')], [there('twin')]],
  ['not what it replaces itself, whatever the case', [app], [there('App')], []],
  ['what the plan leaves under another name', [app, configuration('base', { from: 'plan' })], [], [left('base')]],
  [
    'that, and not what was there before',
    [app, configuration('Base', { from: 'plan' })],
    [there('base')],
    [left('Base')],
  ],
  ['not what the plan removes', [app, configuration('base')], [there('base')], []],
  ['no extension, and a configuration of its name', [app, extension], [there('flux')], [there('flux')]],
])('beside a configuration stands %s', (_what, planned, present, expected) => {
  expect(standingBeside(app, planned, present)).toEqual(expected);
});
