import { describe, expect, it } from 'vitest';
import { pollDefinitions } from '../../../src/app/definitions/poll-definitions.ts';
import type { Deps } from '../../../src/app/deps.ts';
import { Transient } from '../../../src/contracts/errors.ts';
import type { DefinitionStore } from '../../../src/ports/definition-store.ts';
import { MINUTE, SECOND } from '../support.ts';
import { dieEverywhere } from '../dying.ts';
import { REPOSITORY, URL } from './records.ts';
import { commitOf, DefinitionBench, pushTo } from './support.ts';

const [ONE, TWO, THREE] = [commitOf(1), commitOf(2), commitOf(3)];
const SECRET = 'https://kv-flotilla.vault.azure.net/secrets/git';

/** A definition of a repository whose `main` stands on the first commit. */
async function open(changes: Record<string, unknown> = {}): Promise<DefinitionBench> {
  const bench = new DefinitionBench([{}]);
  setMain(bench, ONE);
  await bench.put(changes);
  return bench;
}

function setMain(bench: DefinitionBench, commit: string, url = URL): void {
  bench.gitRemote.repositories.set(url, { 'refs/heads/main': commit, 'refs/heads/other': TWO });
}

/** The next run of the timer that is due, and what follows from it. */
async function pollLater(bench: DefinitionBench, ms = 3 * MINUTE): Promise<void> {
  bench.clock.advance(ms);
  await pollDefinitions(bench.deps);
  await bench.settle();
}

describe('a repository without webhooks', () => {
  it('is rolled out where it stands, and again when it has moved', async () => {
    const bench = await open();
    await pollLater(bench);
    expect(await bench.rolledOut()).toEqual([ONE]);
    await pollLater(bench);
    setMain(bench, TWO);
    await pollLater(bench);
    expect(await bench.rolledOut()).toEqual([ONE, TWO]);
    expect(await bench.codes()).toEqual(['Pending', 'Started', 'Ended', 'Pending', 'Started', 'Ended']);
    expect((await bench.record()).webhookSeenAt).toBeUndefined();
  });

  it('is asked when its time has come only', async () => {
    const bench = await open();
    await pollLater(bench);
    await pollLater(bench, MINUTE);
    expect(bench.gitRemote.queries).toHaveLength(1);
    await pollLater(bench, 2 * MINUTE);
    expect(bench.gitRemote.queries).toEqual(Array(2).fill({ url: URL, kind: 'branch', prefix: 'main' }));
  });

  it('is asked with the value of the secret, which is kept nowhere', async () => {
    const bench = await open({ follows: { repository: URL, branch: 'main', poll: { credentials: SECRET } } });
    bench.secrets.values.set(SECRET, 'canary-5e1d');
    await pollLater(bench);
    expect(bench.gitRemote.queries).toMatchObject([{ credentials: 'canary-5e1d' }]);
    expect(JSON.stringify([await bench.record(), await bench.decisions()])).not.toContain('canary');
  });

  it('costs one request for all definitions that follow the same of it', async () => {
    const bench = await open();
    await bench.put({}, 'shop-2');
    await bench.put({ follows: { repository: URL, branch: 'other' } }, 'shop-3');
    await pollLater(bench);
    expect(bench.gitRemote.queries.map(({ prefix }) => prefix)).toEqual(['main', 'other']);
    expect((await bench.record('shop-2')).target?.commit).toBe(ONE);
    expect((await bench.record('shop-3')).target?.commit).toBe(TWO);
  });
});

describe('a repository that cannot be asked', () => {
  const FAULT = { kind: 'refused', code: 'CredentialsRefused', detail: 'It refuses the credentials.' } as const;

  it('says why, is asked more and more rarely, and starts nothing', async () => {
    const bench = await open();
    bench.gitRemote.fault = FAULT;
    const waits: number[] = [];
    for (let n = 0; n < 6; n++) {
      await pollLater(bench, waits.at(-1) ?? 0);
      const { polled } = await bench.record();
      expect(polled).toMatchObject({ failures: n + 1, failure: FAULT.detail });
      waits.push(polled!.nextAt - polled!.at);
    }
    expect(waits.map((ms) => ms / MINUTE)).toEqual([6, 12, 24, 48, 60, 60]);
    expect(await bench.decisions()).toEqual([]);
  });

  it('is taken up as if nothing had been once it answers', async () => {
    const bench = await open();
    await pollLater(bench);
    bench.gitRemote.fault = FAULT;
    setMain(bench, TWO);
    await pollLater(bench);
    bench.gitRemote.fault = undefined;
    await pollLater(bench, 10 * MINUTE);
    expect(await bench.rolledOut()).toEqual([ONE, TWO]);
    expect((await bench.record()).polled).toMatchObject({ failures: 0 });
    expect((await bench.record()).polled?.failure).toBeUndefined();
  });

  it('for lack of a secret is not asked', async () => {
    const bench = await open({ follows: { repository: URL, branch: 'main', poll: { credentials: SECRET } } });
    await pollLater(bench);
    expect((await bench.record()).polled?.failure).toContain(SECRET);
    expect(bench.gitRemote.queries).toEqual([]);
  });
});

describe('what is not polled', () => {
  it('by its own wish', async () => {
    const bench = await open({ follows: { repository: URL, branch: 'main', poll: false } });
    await pollLater(bench);
    expect(bench.gitRemote.queries).toEqual([]);
    expect((await bench.record()).polled).toBeUndefined();
  });

  it('because it has an address for SSH says so', async () => {
    const bench = await open({ follows: { repository: 'git@git.example:shop', branch: 'main' } });
    await pollLater(bench);
    expect((await bench.record()).polled?.note).toContain('https://');
    expect(bench.gitRemote.queries).toEqual([]);
  });
});

describe('what happens while a repository is asked', () => {
  /** The bench with something that happens before the host has answered. */
  function meanwhile(bench: DefinitionBench, what: () => Promise<unknown>): Deps {
    const { gitRemote } = bench;
    const refs: typeof gitRemote.refs = async (query) => {
      const answer = await gitRemote.refs(query);
      await what();
      return answer;
    };
    return { ...bench.deps, gitRemote: { refs } };
  }

  it('a webhook that is newer is not taken back', async () => {
    const bench = await open();
    await pollLater(bench);
    bench.clock.advance(3 * MINUTE);
    await pollDefinitions(meanwhile(bench, () => bench.push(pushTo(TWO, { before: ONE }))));
    await bench.settle();
    expect(await bench.rolledOut()).toEqual([ONE, TWO]);
  });

  it('a definition that follows something else by then is left to the next run', async () => {
    const bench = await open();
    bench.clock.advance(MINUTE);
    await pollDefinitions(meanwhile(bench, () => bench.put({ follows: { repository: URL, branch: 'other' } })));
    expect((await bench.record()).polled).toBeUndefined();
    await pollLater(bench, MINUTE);
    expect(await bench.rolledOut()).toEqual([TWO]);
  });

  it('a definition that is gone by then stays gone', async () => {
    const bench = await open();
    const remove = async () => {
      const { version } = (await bench.deps.definitions.read('shop'))!;
      await bench.deps.definitions.remove('shop', version);
    };
    await pollDefinitions(meanwhile(bench, remove));
    expect(await bench.deps.definitions.list()).toEqual([]);
  });
});

describe('many definitions', () => {
  const NAMES = Array.from({ length: 12 }, (_, n) => `d${n}`);

  async function openMany(): Promise<DefinitionBench> {
    const bench = new DefinitionBench([{}]);
    for (const name of NAMES) {
      const branch = `b-${name}`;
      await bench.put({ follows: { repository: URL, branch }, autoStart: false }, name);
    }
    bench.gitRemote.repositories.set(URL, Object.fromEntries(NAMES.map((name) => [`refs/heads/b-${name}`, THREE])));
    return bench;
  }

  it('are polled in several runs when the time of one is over, the longest overdue first', async () => {
    const bench = await openMany();
    const slow: Deps['gitRemote'] = {
      refs: (query) => {
        bench.clock.advance(12 * SECOND);
        return bench.gitRemote.refs(query);
      },
    };
    const polledBranches = async (): Promise<string[]> => {
      const from = bench.gitRemote.queries.length;
      await pollDefinitions({ ...bench.deps, gitRemote: slow });
      return bench.gitRemote.queries.slice(from).map(({ prefix }) => prefix);
    };
    // Overdue since long are the last ones of the list.
    for (const [n, name] of NAMES.entries()) {
      const { value, version } = (await bench.deps.definitions.read(name))!;
      const polled = { at: value.changedAt, nextAt: -n, changedAt: 0, failures: 0, heads: [] };
      await bench.deps.definitions.write({ record: { ...value, polled }, version, addDecisions: [] });
    }
    const runs = [await polledBranches(), await polledBranches(), await polledBranches()];
    expect(runs[0]).toContain('b-d11');
    expect(runs[0]).not.toContain('b-d0');
    expect(new Set(runs.flat()).size).toBe(12);
    expect(runs.flat()).toHaveLength(12);
    expect(runs[0]!.length).toBeLessThan(12);
  });

  it('are polled though one of them fails', async () => {
    const failing =
      (error: Error) =>
      (store: DefinitionStore): DefinitionStore =>
        new Proxy(store, {
          get: (real, key) => {
            if (key === 'read') return (name: string) => (name === 'd3' ? Promise.reject(error) : real.read(name));
            const value: unknown = Reflect.get(real, key);
            return typeof value === 'function' ? (value.bind(real) as unknown) : value;
          },
        });
    for (const error of [new Transient('ServerBusy', 'Busy.'), new TypeError('a bug')]) {
      const bench = await openMany();
      const run = pollDefinitions({ ...bench.deps, definitions: failing(error)(bench.deps.definitions) });
      if (error instanceof Transient) await run;
      else await expect(run).rejects.toThrow(AggregateError);
      const records = (await bench.deps.definitions.list()).map(({ value }) => value);
      expect(records.filter(({ polled }) => polled === undefined).map(({ name }) => name)).toEqual(['d3']);
    }
  });
});

it('killed at any call and run again, a poll gives exactly one rollout', async () => {
  const calls = await dieEverywhere(
    () => open(),
    (_, deps) => pollDefinitions(deps).catch(rethrowFirst),
    async (bench) => {
      await pollLater(bench, MINUTE);
      await pollLater(bench, 3 * MINUTE);
      await bench.advance();
      await bench.settle();
      expect(await bench.rolledOut()).toEqual([ONE]);
      expect((await bench.record()).repository).toBe(REPOSITORY);
    },
  );
  expect(calls).toBeGreaterThan(4);
});

function rethrowFirst(error: unknown): never {
  throw error instanceof AggregateError ? error.errors[0] : error;
}
