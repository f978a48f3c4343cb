import { shortName, type OracleSpec } from './oracle.ts';

/** S10, S11 and S38: once a pause, a cancel or a supersede is recorded in the header, no cluster is claimed and none is dispatched. */
function stopOracle(id: string, stop: 'pause' | 'cancel' | 'supersede', about: string): OracleSpec {
  return {
    id,
    about,
    create: (_, report) => {
      const stopped = new Set<string>();
      return {
        observe: (fact) => {
          if (fact.kind === 'committed') {
            const { mirror, step } = fact;
            // Taken from the commands, not from what the header makes of them.
            const asked = mirror.commands.filter(({ id: command }) => step.deleteCommands.includes(command));
            for (const command of asked) follow(stopped, mirror.id, command.kind, mirror.header.stop);
            const dispatched = [...step.insertLive, ...step.updateLive.map(({ value }) => value)].some(
              ({ state }) => state === 'queued',
            );
            if (stopped.has(mirror.id) && dispatched)
              report(`${shortName(mirror)} dispatches after a recorded ${stop}`);
          }
          if (fact.kind !== 'liveSaved' || !stopped.has(fact.mirror.id)) return;
          if (fact.before.state === 'queued' && fact.after.state === 'claimed') {
            report(`${shortName(fact.mirror)} claims cluster ${fact.after.ordinal} after a recorded ${stop}`);
          }
        },
      };
      function follow(set: Set<string>, rolloutId: string, kind: string, headerStop: string): void {
        // A command that came too late is refused; then the header is not stopped by it.
        if (kind === stop && headerStop !== 'none') set.add(rolloutId);
        else if (kind === 'resume' && stop === 'pause') set.delete(rolloutId);
      }
    },
  };
}

export const S10 = stopOracle('S10', 'pause', 'no claim and no dispatch after a recorded pause');
export const S11 = stopOracle('S11', 'cancel', 'no claim and no dispatch after a recorded cancel');
export const S38 = stopOracle('S38', 'supersede', 'no claim and no dispatch after a recorded supersede');
