import type { Deps } from '../deps.ts';
import { bindingView, type BindingView } from './binding-view.ts';
import { unknownBinding } from './delete-binding.ts';

/** `GET /api/policies`: every binding, in the order of names, without what it did. There are few enough for one answer. */
export async function listBindings({ bindings }: Deps): Promise<{ readonly items: readonly object[] }> {
  const items = (await bindings.list()).map(({ value }) => {
    const {
      measures,
      changes: _changes,
      evaluations: _evaluations,
      lastRun,
      policyStates,
      ...view
    } = bindingView(value);
    const running = measures.filter(({ state }) => state === 'Running').length;
    return { ...view, running, lastRun: brief(lastRun), policyStates: counted(policyStates) };
  });
  return { items };
}

/** `GET /api/policies/{name}`. Throws `Refusal` 404. */
export async function getBinding({ bindings }: Deps, name: string): Promise<BindingView> {
  const stored = await bindings.read(name);
  if (stored === undefined) throw unknownBinding(name);
  return bindingView(stored.value);
}

function brief(lastRun: BindingView['lastRun']): Omit<NonNullable<BindingView['lastRun']>, 'held'> | undefined {
  if (lastRun === undefined) return undefined;
  const { held: _held, ...rest } = lastRun;
  return rest;
}

function counted(
  states: BindingView['policyStates'],
): Omit<NonNullable<BindingView['policyStates']>, 'nonCompliant'> | undefined {
  if (states === undefined) return undefined;
  const { nonCompliant: _nonCompliant, ...rest } = states;
  return rest;
}
