import type { Cluster } from '../../contracts/cluster.ts';
import { Refusal, Transient } from '../../contracts/errors.ts';
import type { BindingRecord, PolicyBinding } from '../../contracts/policy-binding.ts';
import { claimedSubject } from '../../core/compliance/policy-drift.ts';
import { policyClaims, type PolicyBook } from '../../core/policy/claims.ts';
import { isFluxDefinition } from '../../core/policy/flux-definitions.ts';
import type { Deps } from '../deps.ts';
import { readPolicyBook } from '../policy/read-policy-book.ts';

/** What is known of a source: facts of the stored binding. */
export type ResolvedSource = Pick<BindingRecord, 'subjects' | 'statesOnly'>;

/**
 * Finds out what a binding is about. What was last rolled out is about everything; an assignment is about what its Flux definitions
 * deploy on the selected clusters.
 *
 * @throws Refusal 400 (no such assignment; one that is not about Flux, in a mode that writes), Transient (Policy cannot be read now).
 */
export async function resolveSource(
  deps: Deps,
  { source, mode }: PolicyBinding,
  selected: readonly Cluster[],
): Promise<ResolvedSource> {
  if (!('assignment' in source)) return {};
  const id = source.assignment.toLowerCase();
  const subjects = new Set<string>();
  let isFlux: boolean | undefined;
  for (const subscription of subscriptionsOf(deps, id, selected)) {
    const book = await readBook(deps, subscription);
    const assignment = book.assignments.find((one) => one.id.toLowerCase() === id);
    if (assignment === undefined) continue;
    isFlux = definitionsOf(book, assignment.definitionId).some(isFluxDefinition);
    if (!isFlux) break;
    const here = selected.filter(({ subscriptionId }) => subscriptionId.toLowerCase() === subscription);
    for (const subject of subjectsOf(book, id, here, deps.clock.now())) subjects.add(subject);
  }
  if (isFlux === undefined) throw unknownAssignment(source.assignment);
  if (isFlux) return subjects.size > 0 ? { subjects: [...subjects].sort() } : {};
  if (mode !== 'report') throw notFlux(source.assignment);
  return { subjects: [], statesOnly: true };
}

/** An assignment below a subscription reaches no other; one of a management group may reach any. */
function subscriptionsOf({ subscriptions }: Deps, assignmentId: string, selected: readonly Cluster[]): string[] {
  const configured = subscriptions.map((one) => one.toLowerCase());
  const own = /^\/subscriptions\/([^/]+)\//.exec(assignmentId)?.[1];
  if (own !== undefined) return configured.filter((one) => one === own);
  const used = new Set(selected.map(({ subscriptionId }) => subscriptionId.toLowerCase()));
  return used.size > 0 ? [...used] : configured;
}

async function readBook(deps: Deps, subscription: string): Promise<PolicyBook> {
  const book = await readPolicyBook(deps, subscription);
  if (book !== undefined) return book;
  throw new Transient('PolicyUnreadable', `The policy of subscription ${subscription} cannot be read just now.`);
}

function definitionsOf({ sets }: PolicyBook, definitionId: string): string[] {
  const set = sets.get(definitionId.toLowerCase());
  return set?.members.map((member) => member.definitionId) ?? [definitionId];
}

function subjectsOf(book: PolicyBook, assignmentId: string, clusters: readonly Cluster[], now: number): string[] {
  const claims = clusters.flatMap((cluster) => policyClaims(book, cluster, now));
  return claims.flatMap((claim) =>
    claim.assignment.id.toLowerCase() === assignmentId ? (claimedSubject(claim) ?? []) : [],
  );
}

function unknownAssignment(id: string): Refusal {
  const detail = `No assignment ${id} reaches the subscriptions of this installation. Check the id, and that Flotilla may read policy there.`;
  return refuse('UnknownAssignment', 'source.assignment', detail);
}

function notFlux(id: string): Refusal {
  const detail = `Assignment ${id} is of no built-in Flux definition, so that nothing is known of what it deploys. Its policy states can be reported: mode: report.`;
  return refuse('NotAFluxAssignment', 'source.assignment', detail);
}

function refuse(code: string, field: string, detail: string): Refusal {
  return new Refusal(400, code, detail, [{ field, code, detail }]);
}
