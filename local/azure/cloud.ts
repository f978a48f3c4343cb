import type { LocalClock } from '../clock.ts';
import type { ActivityBook } from './activity/book.ts';
import type { Agent } from './fleet/agent.ts';
import type { ExtensionManager } from './fleet/extension-manager.ts';
import type { Fleet } from './fleet/fleet.ts';
import type { Graph } from './graph/tables.ts';
import type { Faults } from './http/faults.ts';
import type { Journal } from './http/journal.ts';
import type { Metrics } from './http/metrics.ts';
import type { Throttle } from './http/throttle.ts';
import type { PolicyBook } from './policy/book.ts';

/** The parts of one simulated Azure, handed to every handler; `server.ts` builds it. */
export interface Cloud {
  readonly clock: LocalClock;
  readonly fleet: Fleet;
  readonly agent: Agent;
  readonly extensions: ExtensionManager;
  readonly graph: Graph;
  readonly policy: PolicyBook;
  readonly activities: ActivityBook;
  readonly throttle: Throttle;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly metrics: Metrics;
}
