import { describe, expect, it } from 'vitest';
import { checkDrains, fastDrain, inMacrotask, portableDrain } from './kernel/drain.ts';
import { drawScale, FAULT_KINDS, FaultPlan, type FaultKind } from './kernel/faults.ts';
import { raiseGuard } from './kernel/guard.ts';
import { Invocation } from './kernel/invocation.ts';
import { EPOCH_MS, Kernel, RunawayError } from './kernel/kernel.ts';
import { call, type CallSite } from './kernel/port.ts';
import { Random } from './kernel/random.ts';

const drain = fastDrain();
const NO_FAULTS = { error: () => new Error('unused') };

function site(kernel: Kernel, scale: Partial<Record<FaultKind, number>> = {}): CallSite {
  return {
    kernel,
    faults: new FaultPlan(kernel.seed, new Map(Object.entries(scale) as [FaultKind, number][])),
    onCall: () => undefined,
  };
}

function invocation(id = 'i1'): Invocation {
  return new Invocation(id, { name: 'host', skewMs: 0, life: 0 }, 'test');
}

/** A small program with awaits that race each other; what it logs depends on every ordering decision. */
function program(kernel: Kernel): string[] {
  const log: string[] = [];
  const world = site(kernel, { crash: 5, zombie: 5, storageBefore: 5, storageAfter: 5 });
  const faults = { before: 'storageBefore', after: 'storageAfter', error: () => new Error('busy') } as const;
  for (let worker = 0; worker < 20; worker++) {
    const own = invocation(`w${worker}`);
    const work = async (): Promise<void> => {
      for (let turn = 0; turn < 5; turn++) {
        const outcome = await call(world, own, `turn ${turn}`, faults, async () => 'done').catch(() => 'failed');
        log.push(`${kernel.now()} w${worker} ${turn} ${outcome}`);
      }
    };
    void work();
  }
  return log;
}

describe('kernel', () => {
  it('runs events in order of time and moves the clock to each', () => {
    const kernel = new Kernel(1, drain);
    const seen: number[] = [];
    for (const delay of [500, 20, 300, 20]) kernel.after(delay, () => seen.push(kernel.now() - EPOCH_MS));
    kernel.run(EPOCH_MS + 400, 100);
    expect(seen).toEqual([20, 20, 300]);
    expect(kernel.now()).toBe(EPOCH_MS + 400);
  });

  it('explores the order of simultaneous events by seed, and keeps it for one seed', () => {
    const order = (seed: number): string => {
      const kernel = new Kernel(seed, drain);
      let text = '';
      for (const name of ['a', 'b', 'c', 'd']) kernel.after(5, () => (text += name));
      kernel.run(EPOCH_MS + 10, 100);
      return text;
    };
    expect(order(7)).toBe(order(7));
    expect(new Set(Array.from({ length: 40 }, (_, seed) => order(seed))).size).toBeGreaterThan(8);
  });

  it('gives the same trace for a seed with either drain, and another one for another seed', async () => {
    const fast = new Kernel(3, drain);
    const fastLog = program(fast);
    await inMacrotask(() => fast.run(EPOCH_MS + 3_600_000, 10_000));
    const portable = new Kernel(3, portableDrain());
    const portableLog = program(portable);
    await portable.runPortably(EPOCH_MS + 3_600_000, 10_000);
    const other = new Kernel(4, drain);
    program(other);
    await inMacrotask(() => other.run(EPOCH_MS + 3_600_000, 10_000));
    expect(fastLog.length).toBeGreaterThan(60);
    expect(portableLog).toEqual(fastLog);
    expect(portable.traceHash).toBe(fast.traceHash);
    expect(other.traceHash).not.toBe(fast.traceHash);
  });

  it('says so where microtasks do not drain, instead of hanging', async () => {
    await inMacrotask(() => {
      checkDrains(drain);
    });
    await Promise.resolve();
    expect(() => {
      checkDrains(drain);
    }).toThrow('inMacrotask');
  });

  it('stops a run that never ends', () => {
    const kernel = new Kernel(1, drain);
    const again = (): void => kernel.after(1, again);
    again();
    expect(() => {
      kernel.run(EPOCH_MS + 1e9, 1000);
    }).toThrow(RunawayError);
  });
});

describe('port calls', () => {
  it('does the effect of a caller that died, and never answers it', async () => {
    const kernel = new Kernel(1, drain);
    const own = invocation();
    let effects = 0;
    let answers = 0;
    void call(site(kernel), own, 'write', NO_FAULTS, async () => ++effects).then(() => ++answers);
    own.die();
    await inMacrotask(() => kernel.run(EPOCH_MS + 60_000, 100));
    expect({ effects, answers }).toEqual({ effects: 1, answers: 0 });
  });

  it('tells errors before the effect from errors after it', async () => {
    const outcome = async (kind: 'before' | 'after'): Promise<{ effects: number; error: string }> => {
      const kernel = new Kernel(1, drain);
      const fault = kind === 'before' ? 'storageBefore' : 'storageAfter';
      const seen = { effects: 0, error: '' };
      const world = site(kernel, { [fault]: 1000 });
      const answer = call(
        world,
        invocation(),
        'write',
        { [kind]: fault, error: () => new Error('busy') },
        async () => ++seen.effects,
      );
      answer.catch((error: unknown) => (seen.error = String(error)));
      await inMacrotask(() => kernel.run(EPOCH_MS + 60_000, 100));
      return seen;
    };
    expect(await outcome('before')).toEqual({ effects: 0, error: 'Error: busy' });
    expect(await outcome('after')).toEqual({ effects: 1, error: 'Error: busy' });
  });

  it('kills every invocation of a host that died', () => {
    const kernel = new Kernel(1, drain);
    const one = invocation('one');
    const two = new Invocation('two', one.host, 'test');
    void call(site(kernel, { hostCrash: 1e6 }), one, 'read', NO_FAULTS, async () => 1);
    expect([one.alive, two.alive]).toEqual([false, false]);
    expect(new Invocation('three', one.host, 'test').alive).toBe(true);
  });
});

describe('faults', () => {
  it('leaves other kinds where they were when one is switched off', () => {
    const opportunities = Array.from({ length: 2000 }, (_, index) => `i${index}/1`);
    const where = (scale: Map<FaultKind, number>): string[] => {
      const plan = new FaultPlan(9, scale);
      return opportunities.filter((key) => plan.fires('storageAfter', key));
    };
    const all = new Map(FAULT_KINDS.map((kind) => [kind, 1]));
    expect(where(all).length).toBeGreaterThan(10);
    expect(where(new Map([['storageAfter', 1]]))).toEqual(where(all));
  });

  it('stops all but the permanent ones when the world heals', () => {
    const plan = new FaultPlan(
      1,
      new Map<FaultKind, number>([
        ['crash', 1e9],
        ['clusterStuck', 1e9],
      ]),
    );
    expect([plan.fires('crash', 'a'), plan.fires('clusterStuck', 'a')]).toEqual([true, true]);
    plan.heal();
    expect([plan.fires('crash', 'b'), plan.fires('clusterStuck', 'b')]).toEqual([false, true]);
  });

  it('switches about two kinds of five off in a run', () => {
    const off = Array.from(
      { length: 200 },
      (_, seed) => [...drawScale(seed).values()].filter((scale) => scale === 0).length,
    );
    const share = off.reduce((sum, count) => sum + count, 0) / (200 * FAULT_KINDS.length);
    expect(share).toBeGreaterThan(0.35);
    expect(share).toBeLessThan(0.45);
  });

  it('draws evenly and the same for one seed', () => {
    const draw = (seed: number): number[] => {
      const random = new Random(seed, 'test');
      return Array.from({ length: 1000 }, () => random.unit());
    };
    expect(draw(5)).toEqual(draw(5));
    expect(draw(5)).not.toEqual(draw(6));
    const mean = draw(5).reduce((sum, value) => sum + value, 0) / 1000;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.05);
  });
});

describe('guard', () => {
  it('makes other clocks, chance and I/O throw, and takes that back', () => {
    const lower = raiseGuard();
    try {
      expect(() => Date.now()).toThrow('now was called');
      expect(() => Math.random()).toThrow('random was called');
      expect(() => crypto.randomUUID()).toThrow('randomUUID was called');
      expect(() => setTimeout(() => undefined, 1)).toThrow('setTimeout was called');
      expect(() => void fetch('http://localhost')).toThrow('fetch was called');
    } finally {
      lower();
    }
    expect(Date.now()).toBeGreaterThan(EPOCH_MS);
    expect(crypto.randomUUID()).toHaveLength(36);
  });
});
