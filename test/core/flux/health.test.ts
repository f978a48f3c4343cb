import { describe, expect, it } from 'vitest';
import { isOnCommit, judgeHealth, type Expectation } from '../../../src/core/flux/health.ts';
import { lastModifiedAt, observeConfiguration } from '../../../src/core/flux/observed.ts';
import { COMMIT } from '../clusters.ts';

const NOW = Date.UTC(2026, 0, 1, 12);
const MINUTE = 60_000;
const iso = (ms: number): string => new Date(ms).toISOString();
const OLD = 'd'.repeat(40);

const wrote: Expectation = {
  wrote: true,
  writtenAt: NOW - 10 * MINUTE,
  commit: COMMIT,
  unmistakable: true,
  suspend: false,
};
const didNotWrite: Expectation = { ...wrote, wrote: false };

function object(name: string, complianceState: string, ready: Record<string, unknown> = {}) {
  const condition = {
    type: 'Ready',
    status: 'True',
    reason: 'Succeeded',
    message: 'ok',
    lastTransitionTime: iso(NOW),
    ...ready,
  };
  return { kind: 'Kustomization', name, complianceState, statusConditions: [{ type: 'Healthy' }, condition] };
}

const source = { ...object('shop', 'Compliant'), kind: 'GitRepository' };
const failing = (reason: string, sinceMs: number) =>
  object('shop-apps', 'Non-Compliant', {
    status: 'False',
    reason,
    message: 'it broke',
    lastTransitionTime: iso(sinceMs),
  });

function resource(changes: Record<string, unknown> = {}) {
  return {
    properties: {
      provisioningState: 'Succeeded',
      complianceState: 'Compliant',
      sourceSyncedCommitId: `main@sha1:${COMMIT}`,
      statusUpdatedAt: iso(NOW - MINUTE),
      statuses: [source, object('shop-apps', 'Compliant')],
      ...changes,
    },
  };
}

const judge = (changes: Record<string, unknown> = {}, expected = wrote) =>
  judgeHealth(observeConfiguration(resource(changes)), expected, NOW);

describe('good evidence', () => {
  it('is provisioned, reported after the write, on the commit, and compliant as a whole and object by object', () => {
    expect(judge()).toEqual({
      state: 'good',
      evidence: { commit: `main@sha1:${COMMIT}`, statusAt: NOW - MINUTE, complianceState: 'Compliant' },
    });
  });

  it.each([`main/${COMMIT}`, `main@sha1:${COMMIT}`, `release/v1/${COMMIT}`, COMMIT])(
    'knows the commit in %s',
    (synced) => {
      expect(judge({ sourceSyncedCommitId: synced })).toMatchObject({ state: 'good' });
    },
  );

  it('may be older than the rollout when nothing was written', () => {
    expect(judge({ statusUpdatedAt: iso(NOW - 1000 * MINUTE) }, didNotWrite)).toMatchObject({ state: 'good' });
  });

  it('of a configuration that pins no commit is any synced one', () => {
    expect(judge({ sourceSyncedCommitId: `main/${OLD}` }, { ...wrote, commit: undefined })).toMatchObject({
      state: 'good',
    });
    expect(judge({ sourceSyncedCommitId: undefined }, { ...wrote, commit: undefined })).toMatchObject({
      state: 'undecided',
    });
  });

  it('of a suspended configuration is that it is suspended', () => {
    const suspended = { ...wrote, suspend: true };
    expect(judge({ complianceState: 'Suspended', sourceSyncedCommitId: `main/${OLD}` }, suspended)).toMatchObject({
      state: 'good',
    });
    expect(judge({}, suspended)).toMatchObject({ state: 'undecided', code: 'NotSuspendedYet' });
  });
});

describe('a Compliant that proves nothing', () => {
  it.each([
    ['reported before the write', { statusUpdatedAt: iso(wrote.writtenAt - 1) }, 'NoReportYet'],
    ['reported in the very millisecond of the write', { statusUpdatedAt: iso(wrote.writtenAt) }, 'NoReportYet'],
    ['never reported', { statusUpdatedAt: undefined }, 'NoReportYet'],
    [
      'of the previous revision, repeated with a new time',
      { sourceSyncedCommitId: `main@sha1:${OLD}` },
      'OtherRevision',
    ],
    ['of no revision', { sourceSyncedCommitId: undefined }, 'OtherRevision'],
    ['of a commit that only begins like ours', { sourceSyncedCommitId: `main/${COMMIT}0` }, 'OtherRevision'],
    ['while Azure is still writing', { provisioningState: 'Updating' }, 'Provisioning'],
    [
      'as a whole, with an object that waits',
      { statuses: [source, object('shop-apps', 'Pending')] },
      'NotCompliantYet',
    ],
    ['as a whole, with an object without a state', { statuses: [source, object('shop-apps', '')] }, 'NotCompliantYet'],
  ])('%s', (_what, changes, code) => {
    expect(judge(changes)).toMatchObject({ state: 'undecided', code });
  });
});

describe('a write that only re-applies the commit that was there', () => {
  const same = { ...wrote, unmistakable: false };
  const still = {
    statuses: [
      { ...source, statusConditions: null },
      { ...object('shop-apps', 'Compliant'), statusConditions: null },
    ],
  };
  const movedAt = (ms: number) => ({ statuses: [object('shop-apps', 'Compliant', { lastTransitionTime: iso(ms) })] });
  const reported = (afterMs: number) => ({ statusUpdatedAt: iso(wrote.writtenAt + afterMs) });

  it.each([
    ['a young report in which nothing moved', { ...still, ...reported(3 * MINUTE - 1) }, 'undecided'],
    [
      'a young report in which an object moved before the write',
      { ...movedAt(wrote.writtenAt), ...reported(1) },
      'undecided',
    ],
    [
      'a young report in which an object moved since the write',
      { ...movedAt(wrote.writtenAt + 1), ...reported(1) },
      'good',
    ],
    ['a report two minutes younger than the end of provisioning', { ...still, ...reported(3 * MINUTE) }, 'good'],
  ])('%s (%#)', (_what, changes, state) => {
    expect(judge(changes, { ...same, provisionedAt: wrote.writtenAt + MINUTE }).state).toBe(state);
  });

  it('is not proven by a report, however young, of a cluster that may just have been handed it', () => {
    expect(judge({ ...still, ...reported(9 * MINUTE) }, same).state).toBe('undecided');
  });

  it.each([
    ['is older than that', { ...still, ...reported(-1) }, 'undecided'],
    ['is young, and nothing has moved', { ...still, ...reported(1) }, 'undecided'],
    ['is young, and an object has moved', { ...movedAt(wrote.writtenAt), ...reported(1) }, 'good'],
    ['is two minutes younger', { ...still, ...reported(2 * MINUTE) }, 'good'],
  ])('by somebody else is no proof while the report %s', (_what, changes, state) => {
    const modifiedAt = wrote.writtenAt;
    expect(judge(changes, { ...same, wrote: false, modifiedAt }).state).toBe(state);
  });

  it('by somebody else leaves a standstill of before open, too', () => {
    const suspended = { ...same, wrote: false, suspend: true, modifiedAt: wrote.writtenAt };
    const judged = (afterMs: number) => judge({ complianceState: 'Suspended', ...reported(afterMs) }, suspended).state;
    expect([judged(-1), judged(1)]).toEqual(['undecided', 'good']);
  });

  it('needs none of that where nothing could be mistaken, or nothing was written', () => {
    expect(judge({ ...still, ...reported(1) }).state).toBe('good');
    expect(judge({ ...still, ...reported(-1) }, { ...same, wrote: false }).state).toBe('good');
  });
});

describe('a failure', () => {
  it.each(['Failed', 'Canceled'])('of provisioning (%s) is bad at once, with what Azure says', (provisioningState) => {
    expect(judge({ provisioningState, errorMessage: 'no namespace' })).toMatchObject({
      state: 'bad',
      code: 'ProvisioningFailed',
      detail: 'no namespace',
    });
    expect(judge({ provisioningState, errorMessage: '' })).toMatchObject({
      detail: `Azure reports ${provisioningState} without a message.`,
    });
  });

  it.each([
    'BuildFailed',
    'HealthCheckFailed',
    'PruneFailed',
    'ReconciliationFailed',
    'InstallFailed',
    'UpgradeFailed',
    'ArtifactFailed',
  ])('of an object (%s) is bad once it has lasted', (reason) => {
    const statuses = [source, failing(reason, NOW - MINUTE)];
    expect(judge({ complianceState: 'Non-Compliant', statuses })).toMatchObject({
      state: 'bad',
      code: reason,
      detail: `Kustomization shop-apps: ${reason}: it broke`,
    });
  });

  it.each([
    ['younger than Flux needs to try again', { statuses: [source, failing('BuildFailed', NOW - MINUTE + 1)] }],
    ['from before our write', { statuses: [source, failing('BuildFailed', wrote.writtenAt - 1)] }],
    [
      'without a time',
      {
        statuses: [
          source,
          object('shop-apps', 'Non-Compliant', {
            status: 'False',
            reason: 'BuildFailed',
            lastTransitionTime: undefined,
          }),
        ],
      },
    ],
    ['of a dependency only', { statuses: [source, failing('DependencyNotReady', NOW - 5 * MINUTE)] }],
    ['that is still progressing', { statuses: [source, failing('Progressing', NOW - 5 * MINUTE)] }],
    [
      'of a kustomization while the source is on another commit',
      { statuses: [source, failing('BuildFailed', NOW - 5 * MINUTE)], sourceSyncedCommitId: `main/${OLD}` },
    ],
  ])('%s decides nothing yet', (_what, changes) => {
    expect(judge({ complianceState: 'Non-Compliant', ...changes })).toMatchObject({ state: 'undecided' });
  });

  it('of the source itself is bad although the source is still on the old commit', () => {
    const broken = { ...failing('GitOperationFailed', NOW - 5 * MINUTE), kind: 'GitRepository', name: 'shop' };
    expect(
      judge({ complianceState: 'Non-Compliant', sourceSyncedCommitId: `main/${OLD}`, statuses: [broken] }),
    ).toMatchObject({
      state: 'bad',
      code: 'GitOperationFailed',
    });
  });

  it('from before the rollout counts when nothing was written: the cluster is bad now', () => {
    const statuses = [source, failing('BuildFailed', wrote.writtenAt - MINUTE)];
    expect(judge({ complianceState: 'Non-Compliant', statuses }, didNotWrite)).toMatchObject({ state: 'bad' });
  });

  it('in a report from before the write proves nothing', () => {
    const statuses = [source, failing('BuildFailed', NOW - 5 * MINUTE)];
    expect(judge({ statuses, statusUpdatedAt: iso(wrote.writtenAt - 1) })).toMatchObject({
      state: 'undecided',
      code: 'NoReportYet',
    });
  });
});

describe('observeConfiguration', () => {
  it.each([
    [{}],
    [{ properties: null }],
    [{ properties: { statuses: 'x', statusUpdatedAt: 'soon', complianceState: null } }],
    [{ properties: { statuses: [null, 5, { statusConditions: [null] }] } }],
  ])('reads anything without falling over: %j', (raw) => {
    const observed = observeConfiguration(raw);
    expect(observed).toMatchObject({ complianceState: undefined, statusUpdatedAt: undefined });
    expect(judgeHealth(observed, wrote, NOW).state).toBe('undecided');
  });

  it('takes conditions that a list answer leaves null as unknown', () => {
    expect(
      judge({
        complianceState: 'Non-Compliant',
        statuses: [{ kind: 'Kustomization', name: 'a', complianceState: 'Non-Compliant', statusConditions: null }],
      }),
    ).toMatchObject({
      state: 'undecided',
      detail: 'Kustomization a: Non-Compliant',
    });
  });

  it('knows the server time of the last write', () => {
    expect(lastModifiedAt({ systemData: { lastModifiedAt: iso(NOW) } })).toBe(NOW);
    expect(lastModifiedAt({ systemData: { lastModifiedAt: 'never' } })).toBeUndefined();
    expect(lastModifiedAt({})).toBeUndefined();
  });
});

it('isOnCommit needs the whole commit', () => {
  expect(isOnCommit(`main@sha1:x${COMMIT}`, COMMIT)).toBe(false);
  expect(isOnCommit(undefined, COMMIT)).toBe(false);
});
