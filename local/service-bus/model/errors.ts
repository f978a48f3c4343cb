/** Why the broker refuses an operation, in the words of `ServiceBusError.code` where the client has one. */
export type RefusalCode =
  | 'MessagingEntityNotFound'
  | 'MessageLockLost'
  | 'MessageNotFound'
  | 'MessageSizeExceeded'
  | 'SessionCannotBeLocked'
  | 'SessionLockLost'
  | 'ServiceTimeout'
  | 'NotAllowed'
  | 'InvalidArgument'
  | 'NotImplemented';

/** An operation the broker refuses: the client can act on `code`, a person on `message`. */
export class Refusal extends Error {
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
  }
}
