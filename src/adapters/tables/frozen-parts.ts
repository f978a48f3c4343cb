import { z } from 'zod';
import { type Target, Target as TargetSchema } from '../../contracts/cluster-rows.ts';
import { TARGETS_PER_PAGE } from '../../contracts/limits.ts';
import { RolloutRequest } from '../../contracts/rollout-request.ts';
import type { NewRollout, OrdinalRange } from '../../ports/rollout-store.ts';
import { blobRows, compress, fromBlobRows } from './blob.ts';
import { keyPart, sha256, under } from './keys.ts';
import { deepFreeze, Lru } from './lru.ts';
import { fromRow, toColumns } from './row.ts';
import type { Row, Table } from './table.ts';
import type { Operation } from './transaction.ts';

/** Rollouts and target pages kept decoded in memory. Ours: 40 pages of 1,000 targets are some 20 MB. */
const REQUESTS_KEPT = 20;
const PAGES_KEPT = 40;

/** Row key of the row that says which frozen parts belong to the rollout. */
const MANIFEST = 's';
const Manifest = z.object({ parts: z.string(), targets: z.number().int().nonnegative() });
type Manifest = z.infer<typeof Manifest>;

/**
 * What never changes in a rollout: request and targets. Their rows carry a digest of their content in their keys, and the
 * manifest, which is written together with the header, names that digest. So two hosts that create one rollout from plans
 * they made at different moments cannot mix their parts: those of the one that came second are never read.
 */
export class FrozenParts {
  readonly #table: Table;
  readonly #manifests = new Lru<Manifest>(REQUESTS_KEPT);
  readonly #requests = new Lru<RolloutRequest>(REQUESTS_KEPT);
  readonly #pages = new Lru<readonly Target[]>(PAGES_KEPT);

  constructor(table: Table) {
    this.#table = table;
  }

  /** Writes the parts, which nobody sees yet. Returns the write of the manifest, which makes them visible. */
  async write(partition: string, { request, targets }: NewRollout): Promise<Operation> {
    const requestBytes = compress(request);
    const pages: Buffer[] = [];
    for (let from = 0; from < targets.length; from += TARGETS_PER_PAGE) {
      pages.push(compress(targets.slice(from, from + TARGETS_PER_PAGE)));
    }
    const parts = sha256(Buffer.concat([requestBytes, ...pages])).slice(0, 32);
    await this.#table.writeEach(partition, [
      ...blobRows(requestKey(parts), requestBytes),
      ...pages.flatMap((page, index) => blobRows(pageKey(parts, index), page)),
    ]);
    return {
      kind: 'insert',
      rowKey: MANIFEST,
      columns: toColumns({ parts, targets: targets.length } satisfies Manifest),
    };
  }

  async request(rolloutId: string): Promise<RolloutRequest> {
    const known = this.#requests.get(rolloutId);
    if (known !== undefined) return known;
    const { parts } = await this.#manifest(rolloutId);
    const rows = await this.#table.all(keyPart(rolloutId), under(requestKey(parts)));
    const request = deepFreeze(fromBlobRows(RolloutRequest, someRows(rows, rolloutId, requestKey(parts))));
    this.#requests.set(rolloutId, request);
    return request;
  }

  async targets(rolloutId: string, range: OrdinalRange): Promise<Target[]> {
    const manifest = await this.#manifest(rolloutId);
    const from = Math.max(0, range.from);
    const to = Math.min(range.to, manifest.targets - 1);
    const found: Target[] = [];
    for (let page = Math.floor(from / TARGETS_PER_PAGE); page * TARGETS_PER_PAGE <= to; page++) {
      const first = page * TARGETS_PER_PAGE;
      const targets = await this.#page(rolloutId, pageKey(manifest.parts, page));
      found.push(...targets.slice(Math.max(0, from - first), to - first + 1));
    }
    return found;
  }

  async #page(rolloutId: string, key: string): Promise<readonly Target[]> {
    const known = this.#pages.get(key);
    if (known !== undefined) return known;
    const rows = await this.#table.all(keyPart(rolloutId), under(key));
    const targets = deepFreeze(fromBlobRows(z.array(TargetSchema), someRows(rows, rolloutId, key)));
    this.#pages.set(key, targets);
    return targets;
  }

  async #manifest(rolloutId: string): Promise<Manifest> {
    const known = this.#manifests.get(rolloutId);
    if (known !== undefined) return known;
    const row = await this.#table.get(keyPart(rolloutId), MANIFEST);
    if (row === undefined) throw new Error(`Rollout '${rolloutId}' is unknown, yet its frozen parts were asked for.`);
    const manifest = fromRow(Manifest, row);
    this.#manifests.set(rolloutId, manifest);
    return manifest;
  }
}

function requestKey(parts: string): string {
  return `${MANIFEST}|${parts}`;
}

function pageKey(parts: string, page: number): string {
  return `t|${parts}|${String(page).padStart(4, '0')}`;
}

function someRows(rows: readonly Row[], rolloutId: string, key: string): readonly [Row, ...Row[]] {
  const [first, ...rest] = rows;
  if (first === undefined) throw new Error(`Rollout '${rolloutId}' lost its frozen rows '${key}'.`);
  return [first, ...rest];
}
