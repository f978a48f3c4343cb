import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { accessSettings } from '../../src/config/access.ts';
import { Grant } from '../../src/contracts/grant.ts';
import { Role } from '../../src/contracts/roles.ts';
import type { TokenFault } from '../../src/ports/tokens.ts';

const page = readFileSync(new URL('../../docs/access.md', import.meta.url), 'utf8');

/** A record, so that a reason that is added must be added here too. */
const REASONS: Readonly<Record<TokenFault, true>> = {
  Malformed: true,
  WrongAlgorithm: true,
  UnknownKey: true,
  BadSignature: true,
  WrongTenant: true,
  WrongIssuer: true,
  WrongAudience: true,
  Expired: true,
  NotYetValid: true,
  WrongClaims: true,
  NoAccessToken: true,
};

it.each([...Object.keys(accessSettings), ...Role.options, ...Object.keys(REASONS), 'NoTenants'])(
  'docs/access.md says what %s is',
  (name) => {
    expect(page).toContain(`\`${name}\``);
  },
);

it('its example of grants is one', () => {
  const [, example = ''] = /```json\n([^`]+)```/.exec(page) ?? [];
  expect(z.array(Grant).parse(JSON.parse(example))).toHaveLength(3);
});
