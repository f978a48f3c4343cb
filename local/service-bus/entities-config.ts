import { parse as parseDuration } from 'iso8601-duration';
import { z } from 'zod';
import type { BrokerQueueSpec } from './model/spec.ts';

/**
 * Reads the configuration file of Microsoft's Service Bus emulator (github.com/Azure/azure-service-bus-emulator-installer,
 * `Config.json`). Throws an `Error` that names every wrong field, and what the file asks for that this broker does not have.
 */
export function parseEntitiesConfig(text: string): BrokerQueueSpec[] {
  const parsed = configSchema.safeParse(parseJson(text));
  if (!parsed.success) throw new Error(`The configuration is not usable:\n${z.prettifyError(parsed.error)}`);
  return parsed.data.UserConfig.Namespaces.flatMap((namespace) => namespace.Queues.map(specOf));
}

/** Microsoft's emulator serves one namespace, and so does a connection string without a namespace name. */
const NAMESPACES_MAX = 1;
/** Limits of Service Bus (learn.microsoft.com, service-bus-quotas; message-transfers-locks-settlement). */
const LOCK_SECONDS = { min: 5, max: 5 * 60 };
const DUPLICATE_WINDOW_SECONDS = { min: 20, max: 7 * 24 * 60 * 60 };
const ENTITY_NAME_CHARACTERS_MAX = 260;

const SECONDS_PER = { weeks: 604_800, days: 86_400, hours: 3_600, minutes: 60, seconds: 1 } as const;

const duration = z.string().transform((text, context) => {
  const seconds = secondsOf(text);
  if (seconds !== undefined) return seconds;
  context.addIssue(`'${text}' is not an ISO 8601 duration of weeks, days, hours, minutes and seconds, such as PT1M.`);
  return z.NEVER;
});

function durationWithin({ min, max }: { readonly min: number; readonly max: number }) {
  const error = `It has to be ${min} to ${max} seconds.`;
  return duration.pipe(z.number().min(min, { error }).max(max, { error }));
}

/** Defaults are those of a queue that is created in Azure without saying more. */
const propertiesSchema = z.object({
  DeadLetteringOnMessageExpiration: z.boolean().default(false),
  DefaultMessageTimeToLive: duration.pipe(z.number().positive()).default(14 * SECONDS_PER.days),
  DuplicateDetectionHistoryTimeWindow: durationWithin(DUPLICATE_WINDOW_SECONDS).default(10 * SECONDS_PER.minutes),
  ForwardDeadLetteredMessagesTo: z
    .literal('', { error: 'Forwarding is not served by this broker; leave it out.' })
    .optional(),
  ForwardTo: z.literal('', { error: 'Forwarding is not served by this broker; leave it out.' }).optional(),
  LockDuration: durationWithin(LOCK_SECONDS).default(SECONDS_PER.minutes),
  MaxDeliveryCount: z.int().min(1).default(10),
  RequiresDuplicateDetection: z.boolean().default(false),
  RequiresSession: z.boolean().default(false),
});

const queueSchema = z.object({
  Name: z.string().min(1).max(ENTITY_NAME_CHARACTERS_MAX),
  Properties: propertiesSchema.prefault({}),
});

const topicsSchema = z.array(z.object({ Name: z.string() })).superRefine((topics, context) => {
  if (topics.length === 0) return;
  context.addIssue(
    `Topics are not served by this broker, queues only. Remove: ${topics.map((topic) => topic.Name).join(', ')}.`,
  );
});

const namespaceSchema = z.object({
  Name: z.string(),
  Queues: z.array(queueSchema).default([]),
  Topics: topicsSchema.default([]),
});

const configSchema = z.object({
  UserConfig: z.object({ Namespaces: z.array(namespaceSchema).min(1).max(NAMESPACES_MAX) }),
});

type QueueConfig = z.infer<typeof queueSchema>;

function specOf({ Name, Properties }: QueueConfig): BrokerQueueSpec {
  return {
    name: Name,
    lockDurationSeconds: Properties.LockDuration,
    maxDeliveryCount: Properties.MaxDeliveryCount,
    duplicateDetectionSeconds: Properties.RequiresDuplicateDetection
      ? Properties.DuplicateDetectionHistoryTimeWindow
      : 0,
    defaultTimeToLiveSeconds: Properties.DefaultMessageTimeToLive,
    requiresSession: Properties.RequiresSession,
    deadLetteringOnMessageExpiration: Properties.DeadLetteringOnMessageExpiration,
  };
}

/** Undefined for what is no duration, and for years and months, whose length depends on the date. */
function secondsOf(text: string): number | undefined {
  try {
    const { years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0 } = parseDuration(text);
    if (years !== 0 || months !== 0) return undefined;
    return (
      weeks * SECONDS_PER.weeks +
      days * SECONDS_PER.days +
      hours * SECONDS_PER.hours +
      minutes * SECONDS_PER.minutes +
      seconds
    );
  } catch {
    return undefined;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`The configuration is not JSON: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
