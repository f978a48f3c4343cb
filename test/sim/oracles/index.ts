import { L1, L2, L4, L5, L8 } from './l-liveness.ts';
import { L9 } from './l9-drift-settles.ts';
import type { OracleSpec } from './oracle.ts';
import { S1 } from './s01-concurrency.ts';
import { S2 } from './s02-stage-order.ts';
import { S3A, S3B, S3C } from './s03-stale-writes.ts';
import { S4 } from './s04-leases.ts';
import { S5 } from './s05-verdict-once.ts';
import { S6 } from './s06-end-state.ts';
import { S7 } from './s07-budget.ts';
import { S8 } from './s08-verdict-truth.ts';
import { S9 } from './s09-conservation.ts';
import { S10, S11, S38 } from './s10-stops.ts';
import { S13 } from './s13-one-revision.ts';
import { S14 } from './s14-intake.ts';
import { S16 } from './s16-frozen-targets.ts';
import { S17 } from './s17-no-leaks.ts';
import { S18 } from './s18-originals.ts';
import { S19 } from './s19-throttling.ts';
import { S20 } from './s20-work.ts';
import { S22 } from './s22-monotone.ts';
import { S23 } from './s23-typed-errors.ts';
import { S24 } from './s24-ended-stays-quiet.ts';
import { S25 } from './s25-action-order.ts';
import { S26 } from './s26-leases-returned.ts';
import { S27 } from './s27-one-operation.ts';
import { S28 } from './s28-sweep-counts.ts';
import { S29 } from './s29-never-all-gone.ts';
import { S30 } from './s30-corrections-wait.ts';
import { S31 } from './s31-anti-flap.ts';
import { S32 } from './s32-brake.ts';
import { S33 } from './s33-back-to-baseline.ts';
import { S34 } from './s34-baselines.ts';
import { S35 } from './s35-sweep-work.ts';
import { S36 } from './s36-remediations.ts';
import { S37 } from './s37-tasks-followed.ts';
import { S39 } from './s39-superseded.ts';

/** Every property that a run is held against. */
export const ORACLES: readonly OracleSpec[] = [
  ...[
    S1,
    S2,
    S3A,
    S3B,
    S3C,
    S4,
    S5,
    S6,
    S7,
    S8,
    S9,
    S10,
    S11,
    S13,
    S14,
    S16,
    S17,
    S18,
    S19,
    S20,
    S22,
    S23,
    S24,
    S25,
    S26,
    S27,
    S28,
    S29,
    S30,
    S31,
    S32,
    S33,
    S34,
    S35,
    S36,
    S37,
    S38,
    S39,
  ],
  ...[L1, L2, L4, L5, L8, L9],
];
