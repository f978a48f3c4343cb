/** Message annotations of Service Bus (learn.microsoft.com, service-bus-amqp-protocol-guide, "Message annotations"). */
export const ANNOTATION = {
  sequenceNumber: 'x-opt-sequence-number',
  enqueuedSequenceNumber: 'x-opt-enqueue-sequence-number',
  enqueuedTime: 'x-opt-enqueued-time',
  lockedUntil: 'x-opt-locked-until',
  scheduledEnqueueTime: 'x-opt-scheduled-enqueue-time',
  messageState: 'x-opt-message-state',
} as const;
