import { AzureWorld } from '../../../src/adapters/memory/azure-world.ts';
import { MemoryBus } from '../../../src/adapters/memory/bus.ts';
import type { Deps } from '../../../src/app/deps.ts';
import { hasEnded } from '../../../src/contracts/rollout-state.ts';
import { drawScale, FaultPlan } from '../kernel/faults.ts';
import type { Invocation } from '../kernel/invocation.ts';
import { EPOCH_MS, formatTime, type Kernel } from '../kernel/kernel.ts';
import type { CallSite } from '../kernel/port.ts';
import { Random } from '../kernel/random.ts';
import { ORACLES } from '../oracles/index.ts';
import type { Oracle, View } from '../oracles/oracle.ts';
import type { RunOptions, RunResult, Violation } from '../run.ts';
import type { ArmWrite, Fact } from './facts.ts';
import { Hosts } from './hosts.ts';
import { ComplianceRecorder } from './compliance-recorder.ts';
import { bringDrift, DRIFT_SETTLING_MS, driftFigures, isSettled, sweepLast, sweepQuietly } from './drift.ts';
import { meddle } from './meddle.ts';
import { memoryAdapters } from './memory-adapters.ts';
import { answerWhatWaits, bringPeople, livenessMs, type Stage } from './people.ts';
import { PolicyCloud } from './policy-cloud.ts';
import { Recorder } from './recorder.ts';
import type { ClusterEvent } from './draw-cluster.ts';
import { drawScenario, FULL_SIZE, type Scenario } from './scenario.ts';
import { simDeps, type Backends } from './sim-deps.ts';
import { simIds } from './sim-ids.ts';
import { APP, queueHandlers, type UseCases } from './use-cases.ts';

const MINUTE_MS = 60_000;
/** Requests that were under way when the faults stopped come through in this time. */
const SETTLING_MS = 5 * MINUTE_MS;
/** After everything has ended, stragglers (zombies, late messages) still get this long to do harm. */
const AFTERMATH_MS = 20 * MINUTE_MS;
/** How far off a host's clock may be, either way: together they stay inside what the engine tolerates. */
const SKEW_MS_MAX = 2500;

/** A part of a run: events until `endMs`, or until `until` says so. */
export interface Phase {
  readonly endMs: number;
  readonly until: () => boolean;
}

/** One simulated world with the application in it. */
export class Simulation {
  readonly kernel: Kernel;
  readonly #options: RunOptions;
  readonly #faults: FaultPlan;
  readonly #scenario: Scenario;
  readonly #app: UseCases;
  readonly #azure: AzureWorld;
  readonly #policy: PolicyCloud;
  readonly #bus: MemoryBus;
  readonly #hosts: Hosts;
  readonly #recorder: Recorder;
  readonly #compliance: ComplianceRecorder;
  readonly #backends: Backends;
  readonly #site: CallSite;
  readonly #oracles: readonly Oracle[];
  readonly #trace: readonly string[] | undefined;
  readonly #violations: Violation[] = [];
  readonly #writes: ArmWrite[] = [];
  readonly #buried: string[] = [];
  #healedAt: number | undefined;
  #quietAt: number | undefined;

  constructor(options: RunOptions, kernel: Kernel, trace: readonly string[] | undefined) {
    const { seed } = options;
    this.#options = options;
    this.#trace = trace;
    this.kernel = kernel;
    const scale = options.scale ?? drawScale(seed);
    this.#faults = new FaultPlan(seed, scale, options.single);
    this.#scenario = drawScenario(seed, this.#faults, options.size ?? FULL_SIZE);
    this.#app = options.bug?.useCases?.(APP) ?? APP;
    this.#azure = new AzureWorld(kernel);
    this.#policy = new PolicyCloud(kernel, this.#azure, (name) => this.#faults.unit('policy', name));
    const emit = (fact: Fact): void => {
      this.#observe(fact);
    };
    this.#recorder = new Recorder(emit);
    this.#compliance = new ComplianceRecorder(emit);
    this.#bus = new MemoryBus(() => kernel.now());
    this.#hosts = new Hosts({
      ...{ kernel, faults: this.#faults, bus: this.#bus },
      ...{ count: this.#scenario.hosts, concurrency: this.#scenario.hostConcurrency },
      onFailed: (invocation, error) => emit({ kind: 'failed', invocation, error }),
      onBuried: (queue, body) => {
        this.#buried.push(body);
        emit({ kind: 'buried', queue, body });
      },
    });
    this.#backends = {
      ...memoryAdapters(this.#azure, this.#scenario.armBurst, (clusterId) => this.#lagMs(clusterId)),
      policy: this.#policy,
      bus: this.#bus,
      ids: new Map(
        this.#hosts.all.map((host) => [
          host,
          simIds(() => kernel.now() + host.skewMs, new Random(seed, `ids/${host.name}`)),
        ]),
      ),
      recorder: this.#recorder,
      complianceRecorder: this.#compliance,
      emit,
      pump: (queue) => {
        this.#hosts.pump(queue);
      },
    };
    this.#site = {
      kernel,
      faults: this.#faults,
      onCall: (invocation, port) => {
        emit({ kind: 'called', port, invocation });
      },
    };
    const view = this.#view([...scale.values()].every((value) => value === 0));
    this.#oracles = ORACLES.filter(({ id }) => (options.oracle ?? id) === id).map(({ id, create }) =>
      create(view, (detail) => this.#violated(id, detail)),
    );
  }

  /** The phases in order; each is set up when it is asked for. */
  *phases(): Generator<Phase> {
    const failed = (): boolean => this.#violations.length > 0;
    this.#setUp();
    const stage = this.#stage();
    bringPeople(stage);
    bringDrift(stage);
    yield { endMs: EPOCH_MS + this.#scenario.safetyMs, until: failed };
    if (failed()) return;
    this.kernel.note('faults stop');
    this.#faults.heal();
    this.#healedAt = this.kernel.now();
    answerWhatWaits(stage);
    sweepLast(stage);
    const healedAt = this.kernel.now();
    const settlingMs = SETTLING_MS + (this.#scenario.drift === undefined ? 0 : DRIFT_SETTLING_MS);
    const isOver = (): boolean =>
      this.kernel.now() > healedAt + settlingMs && this.#allEnded() && isSettled(this.#compliance, healedAt);
    const isLate = (): boolean =>
      this.kernel.now() > healedAt + settlingMs + livenessMs(this.#recorder.mirrors.values());
    yield { endMs: Infinity, until: () => failed() || isOver() || isLate() };
    if (failed()) return;
    this.#quietAt = this.kernel.now();
    sweepQuietly(stage);
    yield { endMs: this.kernel.now() + AFTERMATH_MS, until: failed };
    if (!failed()) for (const oracle of this.#oracles) oracle.atEnd?.();
  }

  crashed(oracle: string, error: unknown): void {
    this.#violated(oracle, error instanceof Error ? (error.stack ?? error.message) : String(error));
  }

  result(): RunResult {
    const mirrors = [...this.#recorder.mirrors.values()];
    const verdicts = new Map<string, number>();
    for (const { results } of mirrors) {
      for (const { outcome } of results.values())
        verdicts.set(outcome.verdict, (verdicts.get(outcome.verdict) ?? 0) + 1);
    }
    const writes = new Map<string, number>();
    for (const { method, answer } of this.#writes) {
      if (answer === 'accepted') writes.set(method, (writes.get(method) ?? 0) + 1);
    }
    return {
      seed: this.#options.seed,
      hash: this.kernel.traceHash,
      steps: this.kernel.steps,
      virtualMs: this.kernel.now() - EPOCH_MS,
      clusters: this.#scenario.clusters.length,
      ends: mirrors.map(({ header }) => header.status),
      verdicts,
      writes,
      drift: driftFigures(this.#compliance, mirrors, this.#policy),
      fired: this.#faults.fired,
      opportunities: this.#faults.opportunities,
      violations: this.#violations,
      trace: this.#trace ?? [],
    };
  }

  #setUp(): void {
    const { hosts, kernel } = { hosts: this.#hosts, kernel: this.kernel };
    for (const host of hosts.all) {
      if (this.#faults.fires('clockSkew', host.name))
        host.skewMs = Math.round((this.#faults.unit('skew', host.name) * 2 - 1) * SKEW_MS_MAX);
    }
    for (const cluster of this.#scenario.clusters) this.#azure.add(cluster);
    for (const event of this.#scenario.events)
      kernel.after(event.atMs, () => this.#happen(event), `${event.what} ${event.clusterId}`);
    hosts.serve(queueHandlers(this.#app, (invocation) => this.#deps(invocation)));
    this.#every(MINUTE_MS, 'timer-wake', (invocation) => this.#app.wakeOverdue(this.#deps(invocation)));
    this.#every(5 * MINUTE_MS, 'timer-inventory', (invocation) => this.#app.refreshInventory(this.#deps(invocation)));
    if (this.#scenario.drift === undefined) return;
    if (this.#scenario.drift.assigns) this.#policy.assign();
    this.#every(5 * MINUTE_MS, 'timer-sweep', (invocation) => this.#app.resumeSweeps(this.#deps(invocation)));
    this.#every(5 * MINUTE_MS, 'timer-drift', async (invocation) => {
      if (this.#quietAt === undefined) await this.#app.reconcileBindings(this.#deps(invocation));
    });
  }

  #stage(): Stage {
    const { kernel } = this;
    return {
      ...{ kernel, faults: this.#faults, hosts: this.#hosts, scenario: this.#scenario, app: this.#app },
      mirrors: this.#recorder.mirrors,
      deps: (invocation) => this.#deps(invocation),
      emit: (fact) => {
        this.#observe(fact);
      },
    };
  }

  #view(faultFree: boolean): View {
    return {
      now: () => this.kernel.now(),
      ...{
        scenario: this.#scenario,
        azure: this.#azure,
        policy: this.#policy,
        bus: this.#bus,
        recorder: this.#recorder,
      },
      ...{ writes: this.#writes, buried: this.#buried, faultFree },
      compliance: this.#compliance,
      healedAt: () => this.#healedAt,
      quietAt: () => this.#quietAt,
    };
  }

  #deps(invocation: Invocation): Deps {
    const deps = simDeps(this.#site, this.#backends, invocation);
    return this.#options.bug?.deps?.(deps, this.#backends.stores) ?? deps;
  }

  #every(periodMs: number, name: string, work: (invocation: Invocation) => Promise<unknown>): void {
    let round = 0;
    const tick = (): void => {
      this.kernel.after(periodMs, tick, name);
      if (this.#faults.fires('timerMissed', `${name}/${++round}`)) return;
      this.#hosts.run(
        name,
        {},
        async (invocation) => {
          try {
            await work(invocation);
          } catch (error) {
            this.#observe({ kind: 'failed', invocation, error });
          }
        },
        () => undefined,
      );
    };
    this.kernel.after(periodMs, tick, name);
  }

  #happen(event: ClusterEvent): void {
    const { clusterId, what, name: subject = '' } = event;
    const cluster = this.#azure.cluster(clusterId);
    this.kernel.note(`cluster ${clusterId.slice(-3)} ${what} ${subject}`);
    if (cluster === undefined) return;
    const { agent, tags } = cluster;
    if (what === 'connects' || what === 'disconnects') this.#azure.connect(clusterId, what === 'connects');
    else if (what === 'deleted') this.#azure.remove(clusterId);
    else if (what === 'recreated') this.#azure.add({ id: clusterId, tags, agent: { ...agent, outcome: 'converges' } });
    else if (what === 'regresses')
      for (const name of cluster.configurations.keys()) this.#azure.report(clusterId, name, false);
    else meddle(this.#azure, event);
  }

  #lagMs(clusterId: string): number {
    const minute = Math.floor(this.kernel.now() / MINUTE_MS);
    if (!this.#faults.fires('graphLag', `${clusterId}/${minute}`)) return 1000;
    return 1000 + this.#faults.unit('lag', clusterId) * 4 * MINUTE_MS;
  }

  #observe(fact: Fact): void {
    if (fact.kind === 'writeIssued') this.#writes.push(fact.write);
    for (const oracle of this.#oracles) oracle.observe?.(fact);
  }

  #violated(oracle: string, detail: string): void {
    this.kernel.note(`VIOLATION ${oracle}: ${detail}`);
    this.#violations.push({ oracle, detail, at: formatTime(this.kernel.now()) });
  }

  #allEnded(): boolean {
    return [...this.#recorder.mirrors.values()].every(({ header }) => hasEnded(header.status));
  }
}
