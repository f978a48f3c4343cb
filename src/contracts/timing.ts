/**
 * The engine's own times, all in seconds of the clock port. What users may set stands in the request instead.
 */

/** Deadline of one HTTP request to ARM (`T_put`): after it the outcome is unknown and no longer ours. */
export const ARM_REQUEST_SECONDS = 30;
/** Clock difference between two hosts that the engine tolerates. */
export const CLOCK_SKEW_SECONDS = 5;
/**
 * How long one claim of a queued cluster may work before another delivery may take it over. Shorter than the lock of the
 * queue (60 s): when a handler dies, the delivery that follows must find the claim over.
 */
export const CLAIM_SECONDS = 45;
/** A claim this long over, with nothing heard of its handler, is given up: the row goes back in line. */
export const CLAIM_GRACE_SECONDS = 15;
/** A queued row whose message should have arrived this long ago is sent again (law 1). */
export const RESEND_AFTER_SECONDS = 120;
/** Slots are reserved at most this far ahead, so that a stop is exact (architecture, section 4). */
export const DISPATCH_HORIZON_SECONDS = 60;
/** Between two looks at the clusters in flight: one Resource Graph query of the 15 that every 5 seconds allow. */
export const STATUS_POLL_SECONDS = 5;
/** Between two GETs of one cluster of a small live set. */
export const SMALL_SET_READ_SECONDS = 10;
/** First look after a write: an agent needs at least this long to sync. */
export const FIRST_LOOK_SECONDS = 15;
/** A row that Resource Graph shows as standing still is read by GET after this long. */
export const STANDING_STILL_SECONDS = 120;
/** A cluster this close to its deadline is read by GET before it is judged (law 6). */
export const NEAR_DEADLINE_SECONDS = 60;
/** Live sets up to this size are read by GET instead of Resource Graph, which may lag (law 6). */
export const SMALL_LIVE_SET = 10;
/** A failing Flux object must have stood failed this long before the cluster is Failed: Flux itself retries. */
export const FAILURE_CONFIRM_SECONDS = 60;
/**
 * A report this much younger than the end of provisioning speaks of the write, even if nothing else shows it. Ours: agents
 * take a minute to bring a change about, and may report what was there before once more in between.
 */
export const SETTLE_SECONDS = 120;
/** Between two looks at deferred clusters. */
export const DEFER_CHECK_SECONDS = 120;
/** Between two looks at the clusters of a soaking stage. */
export const SOAK_CHECK_SECONDS = 60;
/** A rollout waiting for a person is looked at this often, though nothing is expected to change. */
export const IDLE_CHECK_SECONDS = 3600;
/** A wake-up this late counts as lost; the timer sends another one. */
export const OVERDUE_SECONDS = 60;
/** How old the stored inventory may be when a rollout is planned. */
export const INVENTORY_AGE_SECONDS_MAX = 300;
/** An agent that has not reported for this long counts as dead: it reports at least every 10 minutes while it lives. Ours. */
export const AGENT_STALE_SECONDS = 3600;
/** How long the history of clusters and the sweeps are kept: more than a year, for those who audit one. Ours. */
export const HISTORY_SECONDS = 400 * 24 * 60 * 60;
/** A sweep whose shards are not all done after this long is shown as incomplete, and its missing shards are sent again. */
export const SWEEP_SECONDS_MAX = 1800;
/** Sweeps begin this often (`functions/timer-sweep.ts`). */
export const SWEEP_EVERY_SECONDS = 3600;

/** Shortest interval at which a repository is polled. Ours: hosts limit anonymous callers. */
export const POLL_SECONDS_MIN = 60;
/** Interval of polls where webhooks come, as a safety net against lost ones, and the longest one after failures. */
export const POLL_SECONDS_MAX = 3600;
/** A repository in which nothing has moved for this long is polled at a quarter of the rate. Ours. */
export const POLL_IDLE_SECONDS = 24 * 60 * 60;
/** A ref that was told to have moved this short a time ago is left to the next poll: hosts answer from copies that lag. Ours. */
export const POLL_SETTLE_SECONDS = 60;
/** How long one run of the timer begins new polls: the next run, a minute later, takes what is left. */
export const POLL_RUN_SECONDS = 45;
/** Deadline of one request to a Git host. */
export const GIT_REQUEST_SECONDS = 20;
/** How far a signed time stamp may be off (Standard Webhooks). */
export const DELIVERY_WINDOW_SECONDS = 300;
/** How long deliveries and what was decided about them are kept. Ours. */
export const DELIVERIES_KEPT_SECONDS = 30 * 24 * 60 * 60;
/** The same move of a ref, told again within this time without a time stamp, is the same push told twice. Ours. */
export const REPEATED_PUSH_SECONDS = 600;
/** A definition that waits for something without a time of its own looks again after this long. */
export const DEFINITION_CHECK_SECONDS = 60;
/** One that waits for a submission of somebody else to be finished looks again after this long: it takes a second or two. Ours. */
export const SUBMISSION_CHECK_SECONDS = 5;
/** At most one commit status per rollout in this time: GitHub takes 1,000 per commit and context. */
export const COMMIT_STATUS_SECONDS = 30;
/** How far back the activity log is read for who is behind new drift. Ours: sweeps come every hour; the log keeps 90 days. */
export const ACTIVITY_LOG_WINDOW_SECONDS = 7 * 24 * 60 * 60;
/** How long the activity log is asked again for an author that it did not name. Ours: its entries come minutes late. */
export const ATTRIBUTION_SECONDS = 6 * 60 * 60;
/** An on-demand evaluation of Policy that runs longer is not waited for: Azure does everything anew within a day anyway. */
export const EVALUATION_SECONDS_MAX = 24 * 60 * 60;
/**
 * How long after something happened it is told again by whoever sees it: what is sent twice is dropped, since the queue remembers ids for
 * as long (`duplicateDetectionSeconds`), and what was lost on the way is made up for.
 */
export const TELL_AGAIN_SECONDS = 600;
/** Deadline of one POST of a notification (Standard Webhooks, "Delivery": 15 to 30 seconds). */
export const NOTIFY_REQUEST_SECONDS = 15;
/** Pauses before a notification is tried again: what senders of Standard Webhooks commonly keep to; 17 hours in all. */
export const NOTIFY_RETRY_SECONDS: readonly number[] = [5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600];
/** Pauses before a host that does not answer is told a commit status again. Ours; 80 minutes in all. */
export const COMMIT_STATUS_RETRY_SECONDS: readonly number[] = [60, 120, 300, 900, 3600];

/**
 * Pauses before a message is looked at again that a newer version wrote, or that leads to rows of it: versions are at work side by side for
 * minutes while one is deployed, and for hours when one is taken back. Ours; 23 hours in all.
 */
export const NEWER_VERSION_RETRY_SECONDS: readonly number[] = [30, 60, 300, 900, 3600, 3 * 3600, 7 * 3600, 11 * 3600];

/** Deadline of each part of a health check; they are checked at the same time. Ours: who watches gives up after ten. */
export const HEALTH_PART_SECONDS = 5;
/** How long the health that was found is told. Ours: a check costs a query of Resource Graph's quota and a dozen reads. */
export const HEALTH_KEPT_SECONDS = 30;
/** The same when something is wrong: who mends it wants to see it. */
export const HEALTH_FAULT_KEPT_SECONDS = 5;
/** How long the figures of the installation that were measured are told. Ours: Prometheus asks every 15 to 60 seconds. */
export const MEASURED_KEPT_SECONDS = 15;

/** Difference between Entra's clock and ours that a token is forgiven. Ours: hosts of Azure are within seconds. */
export const TOKEN_SKEW_SECONDS = 60;
/** Deadline of one request for the signing keys of a tenant. */
export const SIGNING_KEYS_REQUEST_SECONDS = 5;
/** Signing keys older than this are asked for again, in the background. Ours: Entra asks for once a day at least. */
export const SIGNING_KEYS_REFRESH_SECONDS = 60 * 60;
/** Signing keys that could not be read anew for this long count no more: one of them may have been withdrawn. Ours. */
export const SIGNING_KEYS_KEPT_SECONDS = 24 * 60 * 60;
/** Between two requests for the keys of one tenant, whatever tokens say and whether the last one was answered. Ours. */
export const SIGNING_KEYS_PAUSE_SECONDS = 10;

/** Deadline of one export of traces or metrics, retries included (OTLP exporter specification: 10 s). */
export const TELEMETRY_EXPORT_SECONDS = 10;
/** How long a flush may hold up a process that is about to end. Ours: hosts wait longer, people who stop one do not. */
export const TELEMETRY_FLUSH_SECONDS = 5;
/** Between two exports of metrics (OpenTelemetry, `OTEL_METRIC_EXPORT_INTERVAL`). */
export const METRICS_EXPORT_EVERY_SECONDS = 60;
/** Figures of the installation count for this long: another process may measure the next ones. Ours: two rounds and a half. */
export const FIGURES_TOLD_SECONDS = 150;
