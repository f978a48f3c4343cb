import type { Cloud } from '../cloud.ts';
import { between, guid } from '../fleet/random.ts';
import type { Scan } from './book.ts';
import { evaluate } from './evaluate.ts';
import { SCAN_MS } from './timing.ts';

/** Starts an on-demand scan of a subscription; while one runs, it is the same one (azure.md 4.4). */
export function startScan(cloud: Cloud, subscriptionId: string): Scan {
  const { fleet, policy } = cloud;
  const running = policy.runningScan(subscriptionId);
  if (running !== undefined) return running;
  const id = guid(fleet.seed, `scan/${subscriptionId}/${fleet.timeline.now()}`);
  const scan: Scan = { id, subscriptionId, isRunning: true };
  policy.addScan(scan);
  fleet.timeline.after(between(fleet.seed, id, ...SCAN_MS), () => {
    const inside = fleet.clusters.filter((each) => each.subscriptionId === subscriptionId);
    evaluate(cloud, inside, policy.assignments.values());
    scan.isRunning = false;
  });
  return scan;
}
