const MINUTE_MS = 60_000;

/**
 * How long Azure Policy takes, in local milliseconds: [shortest, longest]. A resource that was written is evaluated about 15
 * minutes later, a new assignment takes about 5 minutes to apply and is then scanned, everything is looked at once a day
 * (Azure documentation "Get compliance data of Azure resources").
 */
export const AFTER_WRITE_MS = [13 * MINUTE_MS, 17 * MINUTE_MS] as const;
export const AFTER_ASSIGNMENT_MS = [6 * MINUTE_MS, 10 * MINUTE_MS] as const;
export const FULL_CYCLE_MS = 24 * 60 * MINUTE_MS;
/** "Minutes to hours": a small subscription. */
export const SCAN_MS = [4 * MINUTE_MS, 9 * MINUTE_MS] as const;

/** A remediation or the deployment to a new cluster takes 10 to 20 minutes in all (tutorial "use-azure-policy-flux-2"). */
export const DISCOVERY_MS = [8 * MINUTE_MS, 13 * MINUTE_MS] as const;
export const DEPLOYMENT_MS = [2 * MINUTE_MS, 5 * MINUTE_MS] as const;
export const AFTER_CREATION_MS = [10 * MINUTE_MS, 17 * MINUTE_MS] as const;
/** How often a deployment that goes on is looked at, and when it is given up (flux.md b.5: failed after about 2 hours). */
export const DEPLOYMENT_CHECK_MS = MINUTE_MS;
export const DEPLOYMENT_TIMEOUT_MS = 120 * MINUTE_MS;
