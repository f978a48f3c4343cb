import type { Deps } from '../../../src/app/deps.ts';
import type { BindingRecord } from '../../../src/contracts/policy-binding.ts';
import type { BindingStore } from '../../../src/ports/binding-store.ts';
import type { ComplianceStore } from '../../../src/ports/compliance-store.ts';
import { blindToOthers } from '../world/people.ts';
import type { Bug } from './bug.ts';

/** Defects of sweeps and of drift correction. */
export const DRIFT_BUGS: readonly Bug[] = [
  {
    name: 'what a sweep saw is not written',
    caughtBy: 'S28',
    deps: (deps) => withCompliance(deps, { writeSnapshots: async () => undefined }),
  },
  { name: 'subjects of a shard are counted twice', caughtBy: 'S28', deps: doubleCounts },
  { name: 'a fleet that cannot be read passes for an empty one', caughtBy: 'S29', deps: emptyOnFailure },
  { name: 'corrections do not look who is at work', caughtBy: 'S30', deps: blindToOthers },
  {
    name: 'corrections that are over are forgotten',
    caughtBy: 'S31',
    deps: (deps) => showingBindings(deps, (record) => ({ ...record, measures: record.measures.filter(isOpen) })),
  },
  { name: 'a brake is not shown', caughtBy: 'S32', deps: (deps) => showingBindings(deps, releaseBrake) },
  { name: 'the first baseline stays', caughtBy: 'S33', deps: keepFirstBaseline },
  {
    name: 'a baseline of each page gets lost',
    caughtBy: 'S34',
    deps: (deps) => withCompliance(deps, { writeBaselines: (all) => deps.compliance.writeBaselines(all.slice(0, -1)) }),
  },
  {
    name: 'what was seen before is not read',
    caughtBy: 'S35',

    deps: (deps) => withCompliance(deps, { snapshots: async function* () {} }),
  },
  { name: 'remediations do not look who is at work', caughtBy: 'S36', deps: blindToOthers },
  { name: 'a task is not cancelled with its binding', caughtBy: 'S37', deps: keepTasks },
  { name: 'nobody sees that a correction has ended', caughtBy: 'L9', deps: neverEnding },
  { name: 'nobody sees that an evaluation has ended', caughtBy: 'L9', deps: endlessEvaluations },
];

function isOpen({ state }: { readonly state: string }): boolean {
  return state === 'Planned' || state === 'Running';
}

/** A store's methods as plain properties, some of them replaced. */
function withCompliance(deps: Deps, replaced: Partial<ComplianceStore>): Deps {
  const { compliance } = deps;
  return {
    ...deps,
    compliance: {
      snapshots: (subscription) => compliance.snapshots(subscription),
      writeSnapshots: (subscription, changes) => compliance.writeSnapshots(subscription, changes),
      history: (clusterId, query) => compliance.history(clusterId, query),
      dropHistoryBefore: (subscription, before) => compliance.dropHistoryBefore(subscription, before),
      baselines: (subscription) => compliance.baselines(subscription),
      writeBaselines: (baselines) => compliance.writeBaselines(baselines),
      forget: (subscription, past) => compliance.forget(subscription, past),
      createSweep: (sweep, shards) => compliance.createSweep(sweep, shards),
      sweep: (id) => compliance.sweep(id),
      finishShard: (shard) => compliance.finishShard(shard),
      listSweeps: (limit) => compliance.listSweeps(limit),
      dropSweepsBefore: (before) => compliance.dropSweepsBefore(before),
      ...replaced,
    },
  };
}

function withBindings(deps: Deps, replaced: Partial<BindingStore>): Deps {
  const { bindings } = deps;
  return {
    ...deps,
    bindings: {
      list: () => bindings.list(),
      read: (name) => bindings.read(name),
      write: (write) => bindings.write(write),
      clusters: (name, measureId) => bindings.clusters(name, measureId),
      remove: (name, version) => bindings.remove(name, version),
      ...replaced,
    },
  };
}

function showingBindings(deps: Deps, show: (record: BindingRecord) => BindingRecord): Deps {
  return withBindings(deps, {
    list: async () => (await deps.bindings.list()).map(({ value, version }) => ({ value: show(value), version })),
    read: async (name) => {
      const found = await deps.bindings.read(name);
      return found && { value: show(found.value), version: found.version };
    },
  });
}

function releaseBrake({ brake, ...record }: BindingRecord): BindingRecord {
  if (brake === undefined) return record;
  const { binding } = record;
  return { ...record, binding: { ...binding, limits: { ...binding.limits, maxDriftShare: '100%' } } };
}

function doubleCounts(deps: Deps): Deps {
  return withCompliance(deps, {
    finishShard: ({ counts, ...shard }) =>
      deps.compliance.finishShard(counts ? { ...shard, counts: { ...counts, subjects: 2 * counts.subjects } } : shard),
  });
}

function emptyOnFailure(deps: Deps): Deps {
  const { graph } = deps;
  return {
    ...deps,
    graph: {
      ...graph,
      clusters: async function* (subscriptions) {
        try {
          yield* graph.clusters(subscriptions);
        } catch {
          yield [];
        }
      },
    },
  };
}

function keepFirstBaseline(deps: Deps): Deps {
  return withCompliance(deps, {
    writeBaselines: async (baselines) => {
      const known = new Set<string>();
      for (const subscription of deps.subscriptions) {
        for await (const page of deps.compliance.baselines(subscription))
          for (const { clusterId, subject } of page) known.add(`${clusterId.toLowerCase()}|${subject}`);
      }
      const fresh = baselines.filter(({ clusterId, subject }) => !known.has(`${clusterId.toLowerCase()}|${subject}`));
      await deps.compliance.writeBaselines(fresh);
    },
  });
}

function neverEnding(deps: Deps): Deps {
  return withBindings(deps, {
    write: ({ record, ...rest }) => {
      const measures = record.measures.map((one) =>
        one.state === 'Ended' ? { ...one, state: 'Running' as const } : one,
      );
      return deps.bindings.write({ ...rest, record: { ...record, measures } });
    },
  });
}

function keepTasks(deps: Deps): Deps {
  return { ...deps, policy: { ...deps.policy, cancelRemediation: async () => ({ ok: true, value: undefined }) } };
}

function endlessEvaluations(deps: Deps): Deps {
  return { ...deps, policy: { ...deps.policy, evaluation: async () => ({ ok: true, value: 'Running' }) } };
}
