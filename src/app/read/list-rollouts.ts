import { RolloutStatus } from '../../contracts/rollout-state.ts';
import type { Deps } from '../deps.ts';
import { readChoice, readLimit, type Page } from './page.ts';
import { isoTime } from './rollout-view.ts';

/** `GET /api/rollouts`: newest first, optionally of one status. */
export async function listRollouts(
  { index }: Deps,
  query: { readonly status?: string; readonly limit?: string; readonly continuation?: string },
): Promise<Page<object>> {
  const status = readChoice('status', query.status, RolloutStatus.options);
  const { continuation } = query;
  const page = await index.list({
    limit: readLimit(query.limit),
    ...(status !== undefined && { status }),
    ...(continuation !== undefined && { continuation }),
  });
  const items = page.items.map(({ rolloutId, actions, targets, createdAt, ...item }) => ({
    id: rolloutId,
    ...item,
    change: actions,
    clusters: targets,
    createdAt: isoTime(createdAt),
  }));
  return { items, ...(page.continuation !== undefined && { continuation: page.continuation }) };
}
