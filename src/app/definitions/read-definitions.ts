import { labelOf } from '../../contracts/actor.ts';
import type { DefinitionRecord } from '../../contracts/definition.ts';
import { Refusal } from '../../contracts/errors.ts';
import type { Deps } from '../deps.ts';
import { readLimit, type Page } from '../read/page.ts';
import { isoTime } from '../read/rollout-view.ts';
import { unknownDefinition } from './change-definition.ts';
import { decisionView, definitionView, stateView } from './definition-view.ts';
import { fleetView } from './fleet-view.ts';

/** `GET /api/definitions`: every definition, in the order of names. There are few enough for one answer. */
export async function listDefinitions({ definitions }: Deps): Promise<{ readonly items: readonly object[] }> {
  const items = (await definitions.list()).map(({ value }) => {
    const { branch, tag, semver } = value.definition.follows;
    const { name, version, repository } = value;
    return { name, version, repository, branch, tag, semver, ...stateView(value), holds: value.holds.length };
  });
  return { items };
}

/** `GET /api/definitions/{name}`, with what revision is where on the fleet. Throws `Refusal` 404. */
export async function getDefinition(deps: Deps, name: string): Promise<object> {
  const record = await readDefinition(deps, name);
  return { ...definitionView(record), fleet: await fleetView(deps, record) };
}

/** `GET /api/definitions/{name}/versions`: newest first, without what they say. Throws `Refusal` 404. */
export async function listVersions(deps: Deps, name: string): Promise<{ readonly items: readonly object[] }> {
  await readDefinition(deps, name);
  const versions = await deps.definitions.versions(name);
  return { items: versions.map(({ version, at, by }) => ({ version, at: isoTime(at), by: labelOf(by) })) };
}

/** `GET /api/definitions/{name}/versions/{version}`. Throws `Refusal` 404. */
export async function getVersion(deps: Deps, name: string, number: string): Promise<object> {
  const record = await readDefinition(deps, name);
  const found = (await deps.definitions.versions(name)).find(({ version }) => String(version) === number);
  if (found === undefined) {
    const detail = `Definition ${name} has no version '${number.slice(0, 20)}', or has it no longer; the newest is ${record.version}.`;
    throw new Refusal(404, 'VersionNotFound', detail);
  }
  const { version, at, by, definition } = found;
  return { name, version, at: isoTime(at), by: labelOf(by), definition };
}

/** `GET /api/definitions/{name}/decisions`: what was decided about each revision, newest first. Throws `Refusal` 400, 404. */
export async function listDecisions(
  deps: Deps,
  name: string,
  query: { readonly limit?: string; readonly continuation?: string },
): Promise<Page<object>> {
  const limit = readLimit(query.limit);
  await readDefinition(deps, name);
  const page = { limit, ...(query.continuation !== undefined && { continuation: query.continuation }) };
  const { items, continuation } = await deps.definitions.decisions(name, page);
  return { items: items.map(decisionView), ...(continuation !== undefined && { continuation }) };
}

async function readDefinition({ definitions }: Deps, name: string): Promise<DefinitionRecord> {
  const stored = await definitions.read(name);
  if (stored === undefined) throw unknownDefinition(name);
  return stored.value;
}
