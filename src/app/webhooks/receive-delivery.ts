import { Refusal } from '../../contracts/errors.ts';
import { PUSHES_PER_DELIVERY_MAX } from '../../contracts/limits.ts';
import type { Push } from '../../contracts/push.ts';
import { HookName, ProviderName, type DeliveryRecord } from '../../contracts/webhook.ts';
import { compilePathGlob } from '../../core/definition/path-glob.ts';
import type { HookRecord } from '../../ports/hook-store.ts';
import { PROVIDERS } from '../../webhooks/registry.ts';
import type { RawDelivery, Translated } from '../../webhooks/provider.ts';
import type { Deps } from '../deps.ts';
import { deliveryMessage } from '../messages.ts';
import { authenticate } from './authenticate.ts';
import type { DeliveryGate } from './gate.ts';
import { readJson } from './read-json.ts';
import { recordRejection, type SeenDelivery } from './record-rejection.ts';

/** A call as it comes in; nothing of it is believed yet. */
export interface IncomingDelivery {
  readonly provider: string;
  /** Absent: the hook has the name of the provider. */
  readonly hook: string | undefined;
  header(name: string): string | undefined;
  /** The bytes as they were sent. Throws `Refusal` 413 or 415. */
  readBody(): Promise<Uint8Array>;
}

/** `isNew` is false for a repeat, which had no effect. */
export interface ReceivedDelivery {
  readonly record: DeliveryRecord;
  readonly isNew: boolean;
}

/** Characters of all changed paths of one delivery that are kept; beyond it, they are unknown. Ours: a row takes 512 Ki characters. */
const PATHS_CHARACTERS_MAX = 300_000;

/**
 * Receives one delivery: proof first, then what it says, then the claim of its id, then the queue. What is refused changes nothing
 * and leaves a record.
 *
 * @throws Refusal 400, 401, 404, 409, 413, 415, 429; Transient when a store, the queue or a vault does not answer: the provider is
 * to send it again, and the claim lets it.
 */
export async function receiveDelivery(
  deps: Deps,
  gate: DeliveryGate,
  incoming: IncomingDelivery,
): Promise<ReceivedDelivery> {
  const seen: SeenDelivery = {
    id: deps.ids.next(),
    at: deps.clock.now(),
    provider: incoming.provider,
    hook: incoming.hook ?? incoming.provider,
  };
  try {
    return await gate.answer(() => receive(deps, gate, incoming, seen));
  } catch (error) {
    if (error instanceof Refusal) await recordRejection(deps, gate, seen, error);
    throw error;
  }
}

async function receive(
  deps: Deps,
  gate: DeliveryGate,
  incoming: IncomingDelivery,
  seen: SeenDelivery,
): Promise<ReceivedDelivery> {
  const hook = await findHook(deps, seen);
  const provider = PROVIDERS[hook.hook.provider];
  const delivery: RawDelivery = {
    header: (name) => incoming.header(name),
    body: await incoming.readBody(),
    now: seen.at,
  };
  await authenticate(deps, hook, provider, delivery);
  if (!gate.admit(hook.name, hook.hook.deliveriesPerMinute, seen.at)) throw tooMany(hook);
  const { text, json } = readJson(delivery.body);
  seen.bodyHash = deps.digest.sha256(text);
  // A provider that names no delivery, or not in a few plain characters, sends the same one with the same body.
  seen.deliveryId = provider.deliveryId(delivery) ?? seen.bodyHash;
  const translated = provider.translate(delivery, json, hook.hook.mapping);
  const record = newRecord(seen, seen.deliveryId, seen.bodyHash, allowed(hook, translated));
  return claim(deps, record);
}

async function findHook({ hooks }: Deps, { provider, hook }: SeenDelivery): Promise<HookRecord> {
  if (!ProviderName.safeParse(provider).success) {
    const detail = `There is no provider of that name; there are ${ProviderName.options.join(', ')}.`;
    throw new Refusal(404, 'UnknownProvider', detail);
  }
  const found = HookName.safeParse(hook).success ? await hooks.read(hook) : undefined;
  if (found?.hook.provider === provider) return found;
  const detail = `There is no hook of that name for provider ${provider}. PUT /api/hooks/{name} makes one.`;
  throw new Refusal(404, 'HookNotFound', detail);
}

function tooMany({ name, hook }: HookRecord): Refusal {
  const detail = `Hook ${name} takes ${hook.deliveriesPerMinute} deliveries per minute. Send this one again in a minute, or raise deliveriesPerMinute.`;
  return new Refusal(429, 'TooManyDeliveries', detail);
}

/** Leaves out what the hook may not speak for. */
function allowed({ name, hook }: HookRecord, translated: Translated): Translated {
  const { repositories } = hook;
  if (translated.kind !== 'pushes' || repositories === undefined) return translated;
  const globs = repositories.map((glob) => compilePathGlob(glob.toLowerCase()));
  const pushes = translated.pushes.filter(({ repository }) => globs.some((matches) => matches(repository)));
  if (pushes.length > 0) return { ...translated, pushes };
  const [first] = translated.pushes;
  const detail = `Hook ${name} may not speak for ${first?.repository ?? 'this repository'}; its list of repositories says which.`;
  return { kind: 'ignored', code: 'RepositoryNotAllowed', detail };
}

function newRecord(
  { id, at, provider, hook }: SeenDelivery,
  deliveryId: string,
  bodyHash: string,
  translated: Translated,
): DeliveryRecord & { deliveryId: string } {
  const base = { schema: 1, id, at, provider, hook, deliveryId, bodyHash } as const;
  const common = { ...base, results: [], redeliveries: 0, unrecordedBefore: 0, detail: translated.detail };
  switch (translated.kind) {
    case 'ignored':
      return { ...common, outcome: 'Ignored', code: translated.code, pushes: [], reports: [], processedAt: at };
    case 'reports':
      return { ...common, outcome: 'Accepted', code: 'Reported', pushes: [], reports: [...translated.reports] };
    case 'pushes':
      return { ...common, outcome: 'Accepted', code: 'Pushed', pushes: bounded(translated.pushes), reports: [] };
  }
}

/** Changed paths beyond the cap become unknown, which counts as a match: too much starts a rollout rather than none. */
function bounded(pushes: readonly Push[]): Push[] {
  const kept = pushes.slice(0, PUSHES_PER_DELIVERY_MAX);
  const characters = kept.reduce((sum, { changedPaths = [] }) => sum + changedPaths.join().length, 0);
  return characters <= PATHS_CHARACTERS_MAX ? kept : kept.map(({ changedPaths: _left, ...push }) => push);
}

/** The first of its id gets through; a repeat of one that never reached its end is sent on again (law 3). */
async function claim(deps: Deps, record: DeliveryRecord & { deliveryId: string }): Promise<ReceivedDelivery> {
  const known = await deps.deliveries.claim(record);
  if (known !== 'claimed' && known.bodyHash !== record.bodyHash) {
    const detail = `Delivery ${record.deliveryId} came before with another body, as ${known.id}.`;
    throw new Refusal(409, 'DeliveryIdReused', detail);
  }
  const isNew = known === 'claimed';
  const current = isNew ? record : ((await deps.deliveries.read(known.id)) ?? known);
  if (current.outcome === 'Ignored') {
    if (isNew) await deps.deliveries.record(record);
  } else if (current.processedAt === undefined) {
    const { deliveryId } = record;
    const { redeliveries } = current;
    // The list, which `current` may come from, leaves the changed paths out.
    const claimed = { ...(isNew ? record : known), deliveryId, redeliveries };
    await deps.bus.sendRevisions([deliveryMessage(claimed, record.at)]);
  }
  return { record: current, isNew };
}
