import { child, pinnedCommit, text } from '../../../src/adapters/memory/azure-cluster.ts';
import type { ArmWrite, Mirror } from '../world/facts.ts';
import { deedOf, deedsOf, type Deed } from './deeds.ts';
import { shortName, type OracleSpec, type View } from './oracle.ts';

/** S13: every cluster of a rollout is sent the same, and nothing but what the plan names; the plan hash never changes. */
export const S13: OracleSpec = {
  id: 'S13',
  about: 'all clusters of a rollout are sent what its plan says, and its plan hash never changes',
  create: (view, report) => {
    const bodies = new Map<string, string>();
    return {
      observe: (fact) => {
        if (fact.kind === 'committed' && fact.before.planHash !== fact.mirror.header.planHash) {
          report(`${shortName(fact.mirror)}: its plan hash changed`);
        }
        if (fact.kind !== 'writeIssued' || fact.mirror === undefined) return;
        const { mirror, write } = fact;
        const problem = unplanned(view, mirror, write) ?? unlike(bodies, mirror, write);
        if (problem !== undefined) report(`${shortName(mirror)} ${write.method} ${write.name}: ${problem}`);
      },
    };
  },
};

function unplanned(view: View, { request }: Mirror, write: ArmWrite): string | undefined {
  const deeds = deedsOf(request);
  const deed = deeds[deedOf(deeds, write)];
  if (deed === undefined) return 'the plan does not name it';
  if (
    !allowed(deed).some(
      ([method, force]) => method === write.method && (force ?? write.body['force']) === write.body['force'],
    )
  ) {
    return 'the plan asks for something else';
  }
  if (write.kind !== 'configuration' || write.method === 'deleteConfiguration') return undefined;
  const { commit } = pinnedCommit(child(write.body, 'properties'));
  const wanted = wantedCommit(view, deed, write);
  return commit === wanted ? undefined : `sends commit ${commit ?? 'none'} instead of ${wanted ?? 'none'}`;
}

/** Calls that may come of a step; deletions with what `force` has to be. */
function allowed(deed: Deed): readonly (readonly [ArmWrite['method'], boolean?])[] {
  switch (deed.kind) {
    case 'removeFluxV1':
      return [['deleteFluxV1']];
    case 'removeExtension':
      return [['deleteExtension']];
    case 'ensure': {
      const repairs = deed.extension.repair === 'recreate';
      return [['putExtension'], ['patchExtension'], ...(repairs ? [['deleteExtension', true] as const] : [])];
    }
    case 'configuration':
      switch (deed.change.action) {
        case 'apply': {
          const { replace } = deed.change;
          const removal = ['deleteConfiguration', false] as const;
          return [['putConfiguration'], ['patchConfiguration'], ...(replace ? [removal] : [])];
        }
        case 'remove':
          return [['deleteConfiguration', deed.change.force]];
        case 'edit':
        case 'suspend':
        case 'resume':
          return [['patchConfiguration']];
      }
  }
}

/** A merge that does not move the source has to name it as it is: the service takes no other. */
function wantedCommit({ azure }: View, deed: Deed, write: ArmWrite): string | undefined {
  if (deed.kind === 'configuration' && deed.change.action === 'apply') {
    return deed.change.gitRepository?.repositoryRef.commit;
  }
  const present = azure.cluster(write.clusterId)?.configurations.get(write.name);
  return present && pinnedCommit(present.properties).commit;
}

/** Whole bodies are the same everywhere; a merge depends on what is there. */
function unlike(bodies: Map<string, string>, mirror: Mirror, write: ArmWrite): string | undefined {
  if (write.method === 'patchConfiguration') return mergedTooMuch(write);
  const key = `${mirror.id}/${write.method}/${write.method === 'deleteFluxV1' ? '' : write.name}`;
  const body = JSON.stringify(child(write.body, 'properties'));
  const first = bodies.get(key) ?? body;
  bodies.set(key, first);
  return first === body ? undefined : 'different bodies go to different clusters';
}

/** Scope and namespace are fixed, and what a GET shows of secrets must not be sent back. */
function mergedTooMuch(write: ArmWrite): string | undefined {
  const properties = child(write.body, 'properties');
  const fixed = ['scope', 'namespace'].find((key) => key in properties);
  if (fixed !== undefined) return `names ${fixed}, which cannot be changed`;
  const settings = child(properties, 'configurationProtectedSettings');
  const emptied = Object.keys(settings).find((key) => text(settings, key) === '');
  return emptied === undefined ? undefined : `sends the redacted ${emptied} back`;
}
