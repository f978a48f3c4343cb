import rhea from 'rhea';
import type { Sender, Typed } from 'rhea';
import { z } from 'zod';
import { Refusal } from '../model/errors.ts';
import type { SessionLock } from '../model/sessions.ts';
import type { Entity } from './entities.ts';
import { amqpErrorOf, refusing } from './errors.ts';
import type { OutgoingLink } from './outgoing-link.ts';
import { describeAttach, holdAttach } from './rhea-internals.ts';

/** A link that the client closed, or that went down with its connection. */
export interface OpenLink {
  /** The client closed the link: a session it holds is free again. */
  closed(): void;
  /** The connection died: what the receiver holds stays locked until the locks expire, as in Azure. */
  lost(): void;
}

/** Source filter with which a receiver asks for a session: its id, or null for any. */
const SESSION_FILTER = 'com.microsoft:session-filter';
/** Link property: how long the client waits for any session, milliseconds. */
const TIMEOUT_PROPERTY = 'com.microsoft:timeout';
/** Link property of the answer: end of the session lock, .NET ticks. */
const LOCKED_UNTIL_PROPERTY = 'com.microsoft:locked-until-utc';
/** What Azure waits when the client does not say. */
const SESSION_WAIT_DEFAULT_MS = 60_000;

/** Answers a receiver's attach to a queue. Refuses when the receiver and the queue disagree about sessions. */
export function openOutgoing(sender: Sender, entity: Entity, holder: string): OpenLink {
  const wanted = sessionFilter(sender);
  if (wanted === undefined && entity.queue.spec.requiresSession) {
    throw new Refusal('NotAllowed', `The queue '${entity.queue.spec.name}' requires sessions. Use a session receiver.`);
  }
  if (wanted !== undefined && !entity.queue.spec.requiresSession) {
    throw new Refusal(
      'NotAllowed',
      `The queue '${entity.queue.spec.name}' has no sessions. Use a receiver without session.`,
    );
  }
  if (wanted === undefined) return openPlain(sender, entity);
  if (wanted.sessionId !== null)
    return openSession(sender, entity, entity.queue.sessions.accept(wanted.sessionId, holder));
  const lock = entity.queue.sessions.acceptNext(holder);
  return lock === undefined ? awaitSession(sender, entity, holder) : openSession(sender, entity, lock);
}

function openPlain(sender: Sender, entity: Entity): OpenLink {
  echoAttach(sender, undefined);
  const link = entity.dispatcher.add(sender, undefined);
  const remove = () => entity.dispatcher.remove(link);
  return { closed: remove, lost: remove };
}

function openSession(sender: Sender, entity: Entity, lock: SessionLock): OpenLink {
  echoAttach(sender, lock);
  const link: OutgoingLink = entity.dispatcher.add(sender, lock);
  return {
    closed: () => {
      entity.dispatcher.remove(link);
      // The lock may have expired before; then there is nothing to release.
      refusing(
        () => entity.queue.releaseSession(lock.sessionId, lock.holder),
        () => undefined,
      );
    },
    lost: () => entity.dispatcher.remove(link),
  };
}

function awaitSession(sender: Sender, entity: Entity, holder: string): OpenLink {
  holdAttach(sender);
  let open: OpenLink | undefined;
  const granted = (lock: SessionLock) => {
    open = openSession(sender, entity, lock);
    sender.open();
  };
  const timedOut = () => {
    sender.open();
    sender.close(
      amqpErrorOf(new Refusal('ServiceTimeout', `No session of '${entity.queue.spec.name}' had messages in time.`)),
    );
  };
  const stopWaiting = entity.dispatcher.awaitSession(holder, waitMs(sender), granted, timedOut);
  return {
    // A client that leaves while it waits gets no answer: rhea's clients take a late attach for an invitation to attach again.
    closed: () => {
      stopWaiting();
      open?.closed();
    },
    lost: () => {
      stopWaiting();
      open?.lost();
    },
  };
}

/** Says back what is agreed; with a session also its id, by which the client knows that it got it, and the end of its lock. */
function echoAttach(sender: Sender, session: SessionLock | undefined): void {
  const filter = session && { filter: { [SESSION_FILTER]: session.sessionId } };
  const properties = session && { properties: { [LOCKED_UNTIL_PROPERTY]: ticksOf(session.untilMs) } };
  sender.set_source({ address: sender.source.address, ...filter });
  sender.set_target({ address: sender.target.address });
  describeAttach(sender, {
    snd_settle_mode: sender.snd_settle_mode,
    rcv_settle_mode: sender.rcv_settle_mode,
    ...properties,
  });
}

const filterSchema = z.record(z.string(), z.unknown()).nullish();
/** Clients in other languages send the filter under a descriptor, which rhea leaves in place. */
const filterValueSchema = z.union([
  z.string(),
  z.null(),
  z.object({ value: z.string().nullable() }).transform((typed) => typed.value),
]);

function sessionFilter(sender: Sender): { sessionId: string | null } | undefined {
  const filter = filterSchema.parse(sender.source.filter);
  if (filter === undefined || filter === null || !(SESSION_FILTER in filter)) return undefined;
  const value = filterValueSchema.safeParse(filter[SESSION_FILTER]);
  if (value.success) return { sessionId: value.data };
  throw new Refusal('InvalidArgument', 'The session filter is neither a session id nor null.');
}

function waitMs(sender: Sender): number {
  const properties = z.object({ [TIMEOUT_PROPERTY]: z.number() }).safeParse(sender.properties);
  return properties.success ? properties.data[TIMEOUT_PROPERTY] : SESSION_WAIT_DEFAULT_MS;
}

/** .NET ticks: 100 ns since the year 1. */
function ticksOf(epochMs: number): Typed {
  const ticks = BigInt(Math.round(epochMs)) * 10_000n + 621_355_968_000_000_000n;
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(ticks);
  return rhea.types.wrap_long(bytes);
}
