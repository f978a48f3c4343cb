/**
 * Everything that functions call, in one place: it is loaded by the first call of a process (`load.ts`), since SDKs, schemas
 * and use cases take several times as long to load as registering the functions does.
 */
export { reconcileBindings } from './app/bindings/reconcile-bindings.ts';
export { resumeSweeps } from './app/compliance/resume-sweeps.ts';
export { runSweepShard } from './app/compliance/run-sweep-shard.ts';
export { showDeadShard } from './app/compliance/show-dead-shard.ts';
export { startSweep } from './app/compliance/start-sweep.ts';
export { accountDeadOperation, showDeadWakeup } from './app/dead-letters.ts';
export { reportStatus, showDeadStatus } from './app/definitions/report-status.ts';
export { showDeadRevision } from './app/definitions/show-dead-revision.ts';
export { dropOldRevisions, seeToDefinitions } from './app/definitions/wake-definitions.ts';
export { advanceRollout } from './app/advance-rollout.ts';
export { refreshInventory } from './app/fleet.ts';
export { deliverNotification, showDeadNotification } from './app/notifications/deliver-notification.ts';
export { receiveRequest } from './app/receive-request.ts';
export { runOperation } from './app/run-operation.ts';
export { publishFigures } from './app/telemetry/publish-figures.ts';
export { wakeOverdue } from './app/wake-overdue.ts';
export { app, endTelemetry } from './compose.ts';
export { SYSTEM } from './contracts/actor.ts';
export * as messages from './contracts/messages.ts';
export * as clusters from './http/clusters.ts';
export * as compliance from './http/compliance.ts';
export * as definitions from './http/definitions.ts';
export * as health from './http/health.ts';
export { observe } from './http/observe.ts';
export * as metrics from './http/metrics.ts';
export * as policies from './http/policies.ts';
export * as rollouts from './http/rollouts.ts';
export { receive, receiveDead } from './http/receive.ts';
export { openRoute, route } from './http/route.ts';
export * as webhooks from './http/webhooks.ts';
export { readMetadata } from './http/trigger-metadata.ts';
