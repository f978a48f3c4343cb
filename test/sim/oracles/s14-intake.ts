import type { OracleSpec } from './oracle.ts';

/** S14: asking again with the same key gives the same rollout, and makes no second one. */
export const S14: OracleSpec = {
  id: 'S14',
  about: 'one idempotency key makes one rollout',
  create: (view, report) => {
    const answered = new Map<number, string>();
    return {
      observe: (fact) => {
        if (fact.kind !== 'submitted') return;
        const { submission, rolloutId } = fact;
        if (view.scenario.submissions[submission]?.idempotencyKey === undefined) return;
        const first = answered.get(submission) ?? rolloutId;
        answered.set(submission, first);
        if (first !== rolloutId) report(`submission ${submission} was answered with ${first}, then with ${rolloutId}`);
      },
      atEnd: () => {
        for (const [index, { request, idempotencyKey }] of view.scenario.submissions.entries()) {
          const made = [...view.recorder.mirrors.values()].filter(
            (mirror) => mirror.request.name === request.name,
          ).length;
          if (idempotencyKey !== undefined && made > 1) report(`submission ${index} made ${made} rollouts`);
        }
      },
    };
  },
};
