import type {
  CommitStatusMessage,
  NotificationMessage,
  OperationMessage,
  PutOffMessage,
  RevisionMessage,
  SweepMessage,
  WakeMessage,
} from '../contracts/messages.ts';

/** A message with its id, by which the broker drops repeats, and the time before which it must not arrive. */
export interface Outgoing<T> {
  readonly id: string;
  readonly at: number;
  readonly message: T;
}

/** Sends messages. May throw `Transient`; a send that threw may have happened (law 12), and a repeat is harmless. */
export interface Bus {
  sendOperations(messages: readonly Outgoing<OperationMessage>[]): Promise<void>;
  sendWakeups(messages: readonly Outgoing<WakeMessage>[]): Promise<void>;
  sendSweeps(messages: readonly Outgoing<SweepMessage>[]): Promise<void>;
  sendRevisions(messages: readonly Outgoing<RevisionMessage>[]): Promise<void>;
  sendStatuses(messages: readonly Outgoing<CommitStatusMessage>[]): Promise<void>;
  sendNotifications(messages: readonly Outgoing<NotificationMessage>[]): Promise<void>;
  /** Sends a message to the queue that it came from. */
  putOff(queue: string, message: Outgoing<PutOffMessage>): Promise<void>;
}
