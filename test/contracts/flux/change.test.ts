import { describe, expect, it } from 'vitest';
import { Change } from '../../../src/contracts/flux/change.ts';
import { git } from './raw.ts';

const configured = (...configurations: unknown[]) => ({ configurations });

function problemsOf(raw: unknown): string[] {
  const issues = Change.safeParse(raw).error?.issues ?? [];
  return issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('a change', () => {
  it.each([
    ['applies without saying so', configured(git()), 'apply'],
    ['applies', configured(git({}, { action: 'apply' })), 'apply'],
    ['edits', configured({ action: 'edit', name: 'x', kustomizations: { a: { prune: true }, b: null } }), 'edit'],
    ['suspends', configured({ action: 'suspend', name: 'x' }), 'suspend'],
    ['resumes', configured({ action: 'resume', name: 'x' }), 'resume'],
    ['removes', configured({ action: 'remove', name: 'x' }), 'remove'],
  ])('%s a configuration', (_what, raw, action) => {
    expect(Change.parse(raw).configurations[0]?.action).toBe(action);
  });

  it('[configuration.forceDelete] forces a removal only when asked to', () => {
    const removing = (force?: boolean) =>
      Change.parse(configured({ action: 'remove', name: 'x', force })).configurations;
    expect(removing()).toEqual([{ action: 'remove', name: 'x', force: false }]);
    expect(removing(true)).toEqual([{ action: 'remove', name: 'x', force: true }]);
  });

  it('ensures the extension without saying so', () => {
    expect(Change.parse({ extension: {} }).extension).toMatchObject({ action: 'ensure', repair: 'none' });
    expect(Change.parse({ extension: { action: 'remove' } }).extension).toEqual({
      action: 'remove',
      force: false,
      evenWithConfigurations: false,
    });
  });

  it.each([
    ['nothing to do', {}, ': names nothing to do'],
    [
      'an action that there is not',
      configured({ action: 'patch', name: 'x' }),
      'configurations.0.action: must be apply, edit, suspend, resume or remove',
    ],
    ['no configuration', configured('x'), 'configurations.0: '],
    ['an edit of nothing', configured({ action: 'edit', name: 'x', kustomizations: {} }), 'must name at least one'],
    ['a field of another action', configured({ action: 'suspend', name: 'x', force: true }), 'configurations.0: '],
    [
      '[trap.duplicates] one configuration twice',
      configured(git(), { action: 'remove', name: 'shop' }),
      "configurations.1.name: 'shop' is changed twice",
    ],
    [
      'the extension removed under a configuration',
      { extension: { action: 'remove' }, ...configured(git()) },
      'extension: removes the extension, which the configurations need',
    ],
    ['an action of the extension that there is not', { extension: { action: 'x' } }, 'must be ensure or remove'],
  ])('is refused for %s', (_what, raw, why) => {
    expect(problemsOf(raw)).toEqual([expect.stringContaining(why)]);
  });

  it('may remove configurations and then the extension', () => {
    expect(problemsOf({ extension: { action: 'remove' }, ...configured({ action: 'remove', name: 'x' }) })).toEqual([]);
  });
});
