import type { Principal } from '../contracts/principal.ts';
import { Role } from '../contracts/roles.ts';
import type { TokenClaims } from '../ports/tokens.ts';

const LABEL_LENGTH_MAX = 128;

/** The principal of proven claims. Roles that we do not know are somebody else's. */
export function principalOf({
  kind,
  objectId,
  label,
  roles,
  groups,
}: Pick<TokenClaims, 'kind' | 'objectId' | 'label' | 'roles' | 'groups'>): Principal {
  const shown = label === undefined ? '' : printable(label);
  return {
    actor: { kind, name: objectId, ...(shown !== '' && { label: shown }) },
    roles: Role.options.filter((role) => roles.includes(role)),
    groups,
  };
}

/** People choose their names themselves: nothing that moves a cursor or turns the direction of text. */
function printable(label: string): string {
  return label.replace(/\p{C}/gu, '').trim().slice(0, LABEL_LENGTH_MAX);
}
