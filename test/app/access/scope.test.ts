import { describe, expect, it } from 'vitest';
import { scopeOf } from '../../../src/app/access/scope.ts';
import { Grant } from '../../../src/contracts/grant.ts';
import type { Principal } from '../../../src/contracts/principal.ts';
import type { Role } from '../../../src/contracts/roles.ts';
import { cluster } from '../../core/clusters.ts';

const ANNA = 'cccccccc-0000-4000-8000-000000000001';
const TEAM = 'dddddddd-0000-4000-8000-000000000001';
const PAY = cluster('pay-1', { tags: { team: 'payments' } });
const SHOP = cluster('shop-1', { tags: { team: 'shop' } });

function principal(changes: Partial<Principal> = {}, ...roles: Role[]): Principal {
  const actor = { kind: 'user', name: ANNA, label: 'anna' } as const;
  return { actor, roles: roles.length > 0 ? roles : ['Operator'], groups: [], ...changes };
}

function scope(grants: readonly Record<string, unknown>[] | undefined, who = principal()) {
  const read = grants?.map((grant) => Grant.parse({ name: 'grant', ...grant }));
  const { isWhole, hasCluster, hasDefinition, ...rest } = scopeOf(read, who);
  const [pay, shop] = [hasCluster(PAY), hasCluster(SHOP)];
  return { isWhole, pay, shop, definition: hasDefinition('pay-web'), ...rest };
}

const payments = { clusters: { tags: { team: 'payments' } } };
const everything = { isWhole: true, pay: true, shop: true, definition: true };
const nothing = { isWhole: false, pay: false, shop: false, definition: false };

describe('what somebody may change', () => {
  it('is everything where there are no grants', () => {
    expect(scope(undefined)).toMatchObject(everything);
  });

  it('is nothing where there are some and none names them', () => {
    expect(scope([])).toMatchObject(nothing);
    expect(scope([{ to: [`group:${TEAM}`, 'key:ci'], clusters: {} }])).toMatchObject(nothing);
  });

  it('is everything for an admin', () => {
    expect(scope([], principal({}, 'Reader', 'Admin'))).toMatchObject(everything);
  });

  it.each([
    ['a person', `user:${ANNA}`, principal()],
    ['a person in a group', `group:${TEAM}`, principal({ groups: [ANNA, TEAM] })],
    ['an application', `app:${ANNA}`, principal({ actor: { kind: 'app', name: ANNA } })],
    ['a key', 'key:ci', principal({ actor: { kind: 'key', name: 'ci' } })],
    ['the queue', 'queue:requests', principal({ actor: { kind: 'queue', name: 'requests' } })],
  ])('is what a grant says that names them: %s', (_what, subject, who) => {
    expect(scope([{ to: ['key:another', subject], ...payments }], who)).toMatchObject({
      ...nothing,
      pay: true,
      grants: ['grant'],
    });
  });

  it.each([
    ['an application with the id of a person', `user:${ANNA}`, principal({ actor: { kind: 'app', name: ANNA } })],
    ['a person with the id of a group', `group:${ANNA}`, principal()],
    ['a person by their label', 'key:anna', principal()],
    ['a key that is named like a queue', 'queue:requests', principal({ actor: { kind: 'key', name: 'requests' } })],
  ])('is not what a grant says that names something else: %s', (_what, subject, who) => {
    expect(scope([{ to: [subject], clusters: {} }], who)).toMatchObject(nothing);
  });

  it('is what all their grants say together', () => {
    const to = [`user:${ANNA}`];
    const grants = [
      { name: 'payments', to, ...payments },
      { name: 'shop', to: ['key:ci'], clusters: { tags: { team: 'shop' } } },
      { name: 'web', to, definitions: ['*-web'] },
    ];
    expect(scope(grants)).toMatchObject({ ...nothing, pay: true, definition: true, grants: ['payments', 'web'] });
  });

  it('is everything for whoever has the whole fleet', () => {
    expect(scope([{ to: [`user:${ANNA}`], clusters: {} }])).toMatchObject(everything);
  });

  it('is not known when their groups are not, and grants for groups exist', () => {
    const cut = principal({ groups: undefined });
    expect(scope([{ to: [`group:${TEAM}`], ...payments }], cut)).toMatchObject({ ...nothing, groupsUnknown: true });
    expect(scope([{ to: ['key:ci'], ...payments }], cut)).toMatchObject({ ...nothing, groupsUnknown: false });
  });
});
