import type { Probe } from '../../ports/probe.ts';
import type { Secrets } from '../../ports/secrets.ts';

/** A secret that no vault has: that it does not exist is told to those only who may read secrets there. */
const NO_SECRET = 'flotilla-health';

/** Asks every vault that rollouts may read for a secret that is not there. */
export function createVaultProbe(secrets: Secrets, vaults: readonly string[]): Probe {
  return {
    name: 'key vaults',
    check: async () => {
      const answers = await Promise.all(vaults.map((host) => secrets.read(`https://${host}/secrets/${NO_SECRET}`)));
      const problems = answers.flatMap((answer) =>
        answer.ok || answer.fault.code === 'SecretNotFound' ? [] : [`${answer.fault.code}: ${answer.fault.detail}`],
      );
      if (problems.length > 0) throw new Error(problems.join('; '));
      return vaults.length === 0 ? 'none may be read' : `${vaults.length} can be read`;
    },
  };
}
