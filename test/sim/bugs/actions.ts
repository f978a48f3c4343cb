import { child, text } from '../../../src/adapters/memory/azure-cluster.ts';
import type { Deps } from '../../../src/app/deps.ts';
import type { LiveRow } from '../../../src/contracts/cluster-rows.ts';
import { subscriptionOf } from '../../../src/app/budgets.ts';
import type { Arm, ArmJson } from '../../../src/ports/arm.ts';
import type { Step } from '../../../src/ports/rollout-store.ts';
import { delegate } from '../world/recorder.ts';

/** A cluster that awaits evidence is sent to its next action all the same. */
export function goOnUnproven(step: Step): Step {
  const last = step.rollout.value.actions.length - 1;
  const hurried = (row: LiveRow): LiveRow =>
    row.state === 'written' && row.action < last ? { ...row, state: 'held', action: row.action + 1 } : row;
  return { ...step, updateLive: step.updateLive.map((row) => ({ ...row, value: hurried(row.value) })) };
}

/** One lease passes for all: only that on the configuration `app` is really taken. */
export function leaseOnlyApp(deps: Deps): Deps {
  const { leases } = deps;
  return {
    ...deps,
    leases: {
      read: (clusterId, subject) => leases.read(clusterId, subject),
      write: async (lease, version) =>
        lease.subject === 'app' ? leases.write(lease, version) : { written: true, version: 'imagined' },
      writeAll: (all) => leases.writeAll(all),
    },
  };
}

/** Nobody gives a lease back; it runs out. */
export function keepLeases(deps: Deps): Deps {
  const { leases } = deps;
  return {
    ...deps,
    leases: {
      read: (clusterId, subject) => leases.read(clusterId, subject),
      write: (lease, version) => leases.write(lease, version),
      writeAll: async () => undefined,
    },
  };
}

export function forgetChanges(step: Step): Step {
  return { ...step, insertDeferred: step.insertDeferred.map((row) => ({ ...row, changed: false, wrote: false })) };
}

/** What is being deleted passes for gone. */
export function skipDeletions(deps: Deps): Deps {
  return reading(deps, (resource) => (stateOf(resource) === 'Deleting' ? undefined : resource));
}

/** What Resource Graph does not show is gone. */
export function trustGraph(deps: Deps): Deps {
  const getConfiguration: Arm['getConfiguration'] = async (clusterId, name) => {
    for await (const page of deps.graph.configurations({ name, subscriptions: [subscriptionOf(clusterId)] })) {
      const isShown = page.some((status) => status.clusterId === clusterId);
      if (isShown) return deps.arm.getConfiguration(clusterId, name);
    }
    return { ok: true, value: undefined };
  };
  return { ...deps, arm: { ...deps.arm, getConfiguration } };
}

/** An extension that is being updated is shown as it was before: working. */
export function trustOldExtensions(deps: Deps): Deps {
  const findFluxExtension: Arm['findFluxExtension'] = async (clusterId) => {
    const found = await deps.arm.findFluxExtension(clusterId);
    if (!found.ok || found.value === undefined || stateOf(found.value.resource) !== 'Updating') return found;
    const { name, resource } = found.value;
    const properties = { ...child(resource, 'properties'), provisioningState: 'Succeeded' };
    return { ok: true, value: { name, resource: { ...resource, properties } } };
  };
  return { ...deps, arm: { ...deps.arm, findFluxExtension } };
}

export function forgetOriginals(deps: Deps): Deps {
  return { ...deps, store: { ...delegate(deps.store), saveLive: (id, row) => deps.store.saveLive(id, row) } };
}

/** What the preflight found is not heeded. */
export function ignoreBlocks(deps: Deps): Deps {
  const targets: Deps['store']['targets'] = async (id, range) =>
    (await deps.store.targets(id, range)).map(({ blocked: _blocked, ...target }) => target);
  return { ...deps, store: { ...delegate(deps.store), targets } };
}

/** A merge sends back what a GET shows of secrets, and so wipes them out. */
export function sendRedacted(deps: Deps): Deps {
  const patchConfiguration: Arm['patchConfiguration'] = async (clusterId, name, body) => {
    const found = await deps.arm.getConfiguration(clusterId, name);
    const shown =
      found.ok && found.value ? child(child(found.value, 'properties'), 'configurationProtectedSettings') : {};
    const properties = { ...child(body, 'properties'), configurationProtectedSettings: shown };
    return deps.arm.patchConfiguration(clusterId, name, { ...body, properties });
  };
  return { ...deps, arm: { ...deps.arm, patchConfiguration } };
}

/** A secret is written down beside the reason for a wait. */
export function noteSecrets(deps: Deps): Deps {
  let latest = '';
  const saveLive: Deps['store']['saveLive'] = (id, row, original) => {
    const waiting = { code: 'SecretRead', detail: `read ${latest}` };
    return deps.store.saveLive(id, { ...row, value: latest === '' ? row.value : { ...row.value, waiting } }, original);
  };
  return {
    ...deps,
    secrets: {
      read: async (reference) => {
        const answer = await deps.secrets.read(reference);
        if (answer.ok) latest = answer.value;
        return answer;
      },
    },
    store: { ...delegate(deps.store), saveLive },
  };
}

function reading(deps: Deps, show: (resource: ArmJson) => ArmJson | undefined): Deps {
  const getConfiguration: Arm['getConfiguration'] = async (clusterId, name) => {
    const found = await deps.arm.getConfiguration(clusterId, name);
    return found.ok && found.value !== undefined ? { ok: true, value: show(found.value) } : found;
  };
  return { ...deps, arm: { ...deps.arm, getConfiguration } };
}

function stateOf(resource: ArmJson): string | undefined {
  return text(child(resource, 'properties'), 'provisioningState');
}
