import type { Deps } from '../../../src/app/deps.ts';
import { hasEnded, type Rollout, type StageState } from '../../../src/contracts/rollout-state.ts';
import type { LoadedRollout, Step } from '../../../src/ports/rollout-store.ts';
import { delegate } from '../world/recorder.ts';

/** The engine is shown another header than the one that is stored. */
export function seeing(deps: Deps, show: (rollout: Rollout) => Rollout): Deps {
  return loading(deps, (loaded) => ({ ...loaded, rollout: { ...loaded.rollout, value: show(loaded.rollout.value) } }));
}

export function loading(deps: Deps, show: (loaded: LoadedRollout) => LoadedRollout): Deps {
  const load: Deps['store']['load'] = async (id) => {
    const loaded = await deps.store.load(id);
    return loaded && show(loaded);
  };
  return { ...deps, store: { ...delegate(deps.store), load } };
}

export function committing(deps: Deps, change: (step: Step) => Step): Deps {
  return { ...deps, store: { ...delegate(deps.store), commit: (step) => deps.store.commit(change(step)) } };
}

export function closeEarly(rollout: Rollout): Rollout {
  const close = (stage: StageState): StageState =>
    stage.phase === 'Running' && stage.next >= stage.first + stage.size ? { ...stage, phase: 'Done' } : stage;
  return { ...rollout, stages: rollout.stages.map(close) };
}

export function reopen(rollout: Rollout): Rollout {
  return hasEnded(rollout.status) ? { ...rollout, status: 'Running', stop: 'none', verified: false } : rollout;
}

export function saveWithoutVersion(deps: Deps): Deps {
  const saveLive: Deps['store']['saveLive'] = async (id, row, original) => {
    const answer = await deps.store.saveLive(id, row, original);
    const current = answer.saved ? undefined : await deps.store.liveRow(id, row.value.ordinal);
    return current === undefined
      ? answer
      : deps.store.saveLive(id, { value: row.value, version: current.version }, original);
  };
  return { ...deps, store: { ...delegate(deps.store), saveLive } };
}

export function commitWithoutVersion(deps: Deps): Deps {
  const commit: Deps['store']['commit'] = async (step) => {
    const answer = await deps.store.commit(step);
    if (answer === 'committed') return answer;
    const loaded = await deps.store.load(step.rollout.value.id);
    if (loaded === undefined) return answer;
    const versions = new Map(loaded.live.map(({ value, version }) => [value.ordinal, version]));
    const current = <T extends { ordinal: number }>({ value, version }: { value: T; version: string }) => ({
      value,
      version: versions.get(value.ordinal) ?? version,
    });
    return deps.store.commit({
      ...step,
      rollout: { value: step.rollout.value, version: loaded.rollout.version },
      updateLive: step.updateLive.map(current),
      deleteLive: step.deleteLive.map(current),
      event: undefined,
    });
  };
  return { ...deps, store: { ...delegate(deps.store), commit } };
}

export function withoutDeadlines(deps: Deps): Deps {
  const { store } = deps;
  const endless = <T extends { deadlineAt?: number | undefined }>(row: T): T => ({
    ...row,
    deadlineAt: row.deadlineAt === undefined ? undefined : 1e15,
  });
  return {
    ...deps,
    store: {
      ...delegate(store),
      load: async (id) => {
        const loaded = await store.load(id);
        return loaded && { ...loaded, live: loaded.live.map((row) => ({ ...row, value: endless(row.value) })) };
      },
      liveRow: async (id, ordinal) => {
        const row = await store.liveRow(id, ordinal);
        return row && { ...row, value: endless(row.value) };
      },
    },
  };
}

export function forgetKeys(deps: Deps): Deps {
  const { index } = deps;
  return {
    ...deps,
    index: {
      claimKey: async (claim) => claim,
      active: () => index.active(),
      activate: (rollout, version) => index.activate(rollout, version),
      deactivate: (id) => index.deactivate(id),
      upsertListItem: (item) => index.upsertListItem(item),
      list: (query) => index.list(query),
    },
  };
}

/** A cluster that has its verdict is put back to work. */
export function takeVerdictsBack(deps: Deps): Deps {
  const { store } = deps;
  const saveLive: Deps['store']['saveLive'] = async (id, row, original) => {
    const answer = await store.saveLive(id, row, original);
    if (!answer.saved || row.value.outcome === undefined) return answer;
    const { outcome: _outcome, ...rest } = row.value;
    return store.saveLive(id, { value: { ...rest, state: 'written' }, version: answer.version });
  };
  return { ...deps, store: { ...delegate(store), saveLive } };
}
