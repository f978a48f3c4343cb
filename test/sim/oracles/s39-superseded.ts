import { hasEnded } from '../../../src/contracts/rollout-state.ts';
import { shortName, type OracleSpec } from './oracle.ts';

/** S39: a rollout that is superseded before anything else has stopped it for good ends as that, and names what takes its place. */
export const S39: OracleSpec = {
  id: 'S39',
  about: 'what is superseded ends as Superseded, with a link',
  create: (_, report) => {
    const expected = new Map<string, string>();
    return {
      observe: (fact) => {
        if (fact.kind !== 'committed') return;
        const { mirror, before, step } = fact;
        for (const command of mirror.commands) {
          if (!step.deleteCommands.includes(command.id)) continue;
          // A cancel that was consumed with it, or before, has come first.
          const isStopped = before.stop === 'cancel' || command.kind === 'cancel' || command.kind === 'reject';
          if (isStopped && !expected.has(mirror.id)) expected.set(mirror.id, '');
          if (command.kind === 'supersede' && !expected.has(mirror.id)) expected.set(mirror.id, command.supersededBy);
        }
        const by = expected.get(mirror.id) ?? '';
        const { status, supersededBy } = mirror.header;
        if (!hasEnded(status) || (by === '' && status !== 'Superseded')) return;
        if (status !== 'Superseded' || supersededBy !== by || by === '') {
          report(
            `${shortName(mirror)} was superseded by ${by || 'nothing'}, and ends as ${status} by ${supersededBy ?? 'nothing'}`,
          );
        }
      },
    };
  },
};
