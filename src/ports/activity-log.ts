import type { ArmResult } from './arm.ts';

/** One thing that was asked of ARM for one resource. */
export interface Activity {
  /** Milliseconds since the epoch, by ARM's clock. */
  readonly at: number;
  /** A person by user principal name, an application by an id of its own. */
  readonly caller: string;
  /** Such as `Microsoft.KubernetesConfiguration/fluxConfigurations/delete`; casing is as ARM sends it. */
  readonly operation: string;
  /** `Started`, `Accepted`, `Succeeded`, `Failed` …: one request has several entries. */
  readonly status: string;
}

/** The activity log of Azure: who did what to a resource, whether it is still there or not. */
export interface ActivityLog {
  /**
   * What was asked for one resource between two times, newest first; one read of its subscription per page. The log keeps 90 days
   * and lags by minutes: that it has nothing does not mean that nothing happened.
   */
  read(resourceId: string, sinceMs: number, untilMs: number): Promise<ArmResult<readonly Activity[]>>;
}
