import type { Decision, DefinitionRecord } from '../../contracts/definition.ts';
import type { Push, Ref } from '../../contracts/push.ts';
import { compareVersions, type Following } from './follow.ts';
import { findHead } from './ref-order.ts';
import { deployed, isSameRef } from './target.ts';

/** Why a push that a definition follows starts nothing. */
export function explainPush(
  record: DefinitionRecord,
  { ref, after }: Push,
  following: Following,
  { repeated, matches }: { readonly repeated: boolean; readonly matches: boolean },
): Pick<Decision, 'code' | 'detail'> {
  const { target } = record;
  if (after === null) return { code: 'RefDeleted', detail: `${ref.name} was deleted; that starts nothing.` };
  if (target?.commit === after && isSameRef(target.ref, ref)) return alreadyKnown(record, after);
  if (repeated) return { code: 'AlreadyKnown', detail: 'This push was told before.' };
  if (!matches) {
    return { code: 'NoPathMatch', detail: 'It changes nothing that the path filters of this definition name.' };
  }
  return older(record, ref, after, following);
}

function alreadyKnown({ pending, running, last }: DefinitionRecord, commit: string): Pick<Decision, 'code' | 'detail'> {
  const is = (revision: { readonly commit: string } | undefined): boolean => revision?.commit === commit;
  const code = 'AlreadyKnown';
  if (is(pending?.revision)) return { code, detail: 'It is the next to start already.' };
  if (running && is(running.revision)) return { code, detail: `Rollout ${running.rolloutId} rolls it out.` };
  if (last && is(last.revision)) return { code, detail: `Rollout ${last.rolloutId} of it has ended: ${last.status}.` };
  return { code, detail: 'It was decided about before.' };
}

function older(
  record: DefinitionRecord,
  ref: Ref,
  commit: string,
  following: Following,
): Pick<Decision, 'code' | 'detail'> {
  const head = findHead(record.refs.find((state) => isSameRef(state.ref, ref))?.edges ?? []);
  if (head?.after === null) return { code: 'RefDeleted', detail: `${ref.name} has been deleted since.` };
  const chosen = record.target ?? deployed(record);
  if (chosen && compareVersions(following, ref, chosen.ref) < 0) {
    return { code: 'LowerVersion', detail: `${chosen.ref.name} is higher than ${ref.name}.` };
  }
  if (head !== undefined && head.after !== commit) {
    return { code: 'OlderRevision', detail: `${ref.name} stands at ${head.after}, which is newer.` };
  }
  const detail = chosen ? `${chosen.ref.name} moved later, to ${chosen.commit}.` : 'Something newer is known.';
  return { code: 'OlderRevision', detail };
}
