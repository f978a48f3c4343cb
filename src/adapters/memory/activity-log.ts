import type { Activity, ActivityLog } from '../../ports/activity-log.ts';
import type { ArmFault, ArmResult } from '../../ports/arm.ts';

/** An entry with the resource that it is about. */
export interface MemoryActivity extends Activity {
  readonly resourceId: string;
}

/** The activity log in a list that a test fills: entries can be read at once. */
export class MemoryActivityLog implements ActivityLog {
  readonly entries: MemoryActivity[] = [];
  /** Resources that were asked for, one entry per read. */
  readonly asked: string[] = [];
  /** While set, every read fails with it. */
  fault: ArmFault | undefined;

  async read(resourceId: string, sinceMs: number, untilMs: number): Promise<ArmResult<readonly Activity[]>> {
    this.asked.push(resourceId);
    if (this.fault !== undefined) return { ok: false, fault: this.fault };
    const found = this.entries
      .filter((entry) => entry.resourceId.toLowerCase() === resourceId.toLowerCase())
      .filter(({ at }) => at >= sinceMs && at <= untilMs)
      .map(({ resourceId: _resource, ...activity }) => activity);
    return { ok: true, value: found.reverse().sort((left, right) => right.at - left.at) };
  }
}
