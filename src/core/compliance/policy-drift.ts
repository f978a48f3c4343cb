import type { Snapshot } from '../../contracts/compliance.ts';
import { EXTENSION_SUBJECT } from '../change/actions.ts';
import type { Json } from '../flux/json.ts';
import { arbitrate, type PresentConfiguration } from '../policy/arbitrate.ts';
import type { PolicyClaim } from '../policy/claims.ts';
import type { FoundDrift } from './drift.ts';
import type { Sight } from './snapshot.ts';

/** The subject that a claim is about; undefined when its parameters do not tell. */
export function claimedSubject({ desired }: PolicyClaim): string | undefined {
  if (desired.kind === 'unreadable' || desired.effect === 'Disabled') return undefined;
  return desired.kind === 'extension' ? EXTENSION_SUBJECT : desired.name;
}

/**
 * What assignments want of one subject that is otherwise, or not there. Every field that a definition sets is compared: the existence
 * conditions of the built-in definitions leave most of them out, so that Policy itself calls such a cluster compliant.
 */
export function policyDrifts(
  claims: readonly PolicyClaim[],
  subject: string,
  properties: Json | undefined,
  others: readonly PresentConfiguration[],
): FoundDrift[] {
  return claims
    .filter((claim) => claimedSubject(claim) === subject)
    .flatMap((claim): FoundDrift[] => {
      const kind = subject === EXTENSION_SUBJECT ? 'extension' : 'configuration';
      const { verdict, detail, differences, assignmentId } = arbitrate(
        claim,
        { kind, name: nameOf(claim), properties },
        others,
      );
      const isContent = verdict === 'agrees' || (properties === undefined && verdict === 'preempts');
      const [first] = differences;
      if (isContent || (properties !== undefined && first === undefined)) return [];
      return [
        {
          kind: 'PolicyNonCompliant',
          layer: 'policy',
          detail,
          owner: assignmentId,
          ...(first && { path: first.path }),
          ...(first?.desired !== undefined && { desired: first.desired }),
          ...(first?.actual !== undefined && { actual: first.actual }),
        },
      ];
    });
}

function nameOf({ desired }: PolicyClaim): string {
  return desired.kind === 'unreadable' ? '' : desired.name;
}

/** What is seen, with what Policy wanted when it was last read: while it cannot be read, that is what is known of it. */
export function withKnownPolicy(sight: Sight, before: Snapshot | undefined): Sight {
  const known = (before?.drifts ?? []).flatMap(({ firstSeenAt: _since, ...drift }) =>
    drift.kind === 'PolicyNonCompliant' ? [drift] : [],
  );
  const [first] = known;
  if (first === undefined) return sight;
  const drifts = [...sight.drifts, ...known];
  return sight.state === 'Absent' ? { ...sight, drifts, detail: sight.detail ?? first.detail } : { ...sight, drifts };
}
