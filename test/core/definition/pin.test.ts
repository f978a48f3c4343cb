import { describe, expect, it } from 'vitest';
import type { Revision } from '../../../src/contracts/definition.ts';
import { RolloutRequest } from '../../../src/contracts/rollout-request.ts';
import { findDefinitionProblems } from '../../../src/core/definition/problems.ts';
import { pinRollout } from '../../../src/core/definition/pin.ts';
import { substitute } from '../../../src/core/flux/cluster-values.ts';
import { rawConfiguration, rawRequest } from '../clusters.ts';
import { definition, REPOSITORY, sha, T0 } from './support.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const OCI = 'oci://acr.example/fleet/config';

const onBranch: Revision = {
  source: 'git',
  repository: REPOSITORY,
  ref: { kind: 'branch', name: 'main' },
  commit: sha('b'),
  at: T0,
};
const onTag: Revision = { ...onBranch, ref: { kind: 'tag', name: 'v1.2.3' } };
const ofRegistry: Revision = {
  ...onBranch,
  source: 'oci',
  repository: 'acr.example/fleet/config',
  ref: { kind: 'tag', name: 'latest' },
  commit: DIGEST,
};

function template(configurations: unknown[], changes: Record<string, unknown> = {}) {
  const { name: _name, ...rollout } = rawRequest({ change: { configurations }, ...changes });
  return rollout;
}

const git = (repositoryRef: Record<string, unknown>, url = 'https://git.example/shop') =>
  rawConfiguration({ gitRepository: { url, repositoryRef } });
const oci = (repositoryRef: Record<string, unknown>) => {
  const { gitRepository: _git, ...rest } = rawConfiguration({ name: 'config', sourceKind: 'OCIRepository' });
  return { ...rest, ociRepository: { url: OCI, repositoryRef } };
};

/** The refs of the configurations in the rollout of a revision; the request has to be one that the API takes. */
function refsOf(configurations: unknown[], revision: Revision, follows?: Record<string, unknown>) {
  const defined = definition({ rollout: template(configurations), ...(follows && { follows }) });
  const request = RolloutRequest.parse(pinRollout(defined, 'shop', revision));
  return request.change.configurations.map((one) =>
    one.action === 'apply' ? (one.gitRepository ?? one.ociRepository)?.repositoryRef : one.action,
  );
}

describe('a revision is pinned', () => {
  it.each([
    [
      'on a branch by its commit, with the branch beside it',
      { branch: 'old' },
      onBranch,
      { branch: 'main', commit: sha('b') },
    ],
    ['whatever ref the template has', { tag: 'v0' }, onBranch, { branch: 'main', commit: sha('b') }],
    [
      'with a tag by its commit where the template has the branch',
      { branch: 'main' },
      onTag,
      { branch: 'main', commit: sha('b') },
    ],
    ['with a tag by the name of the tag where it has none', { semver: '1.x' }, onTag, { tag: 'v1.2.3' }],
  ])('%s', (_name, ref, revision, pinned) => {
    expect(refsOf([git(ref)], revision)).toEqual([pinned]);
  });

  it('of a registry by its digest', () => {
    const follows = { repository: OCI, tag: 'latest' };
    expect(refsOf([oci({ semver: '1.x' })], ofRegistry, follows)).toEqual([{ tag: 'latest', digest: DIGEST }]);
  });

  it('in every configuration that is applied from that repository, and in no other', () => {
    const other = git({ branch: 'x', commit: sha('x') }, 'https://git.example/other');
    const all = [
      git({ branch: 'x' }, 'git@git.example:Shop.git'),
      { ...other, name: 'other' },
      { ...git({ branch: 'y' }), name: 'again' },
      { action: 'remove', name: 'gone' },
    ];
    const pinned = { branch: 'main', commit: sha('b') };
    expect(refsOf(all, onBranch)).toEqual([pinned, { branch: 'x', commit: sha('x') }, pinned, 'remove']);
  });

  it('by a name that is only text, whatever it looks like', () => {
    const name = 'release/${cluster.name}$${x}';
    const [ref] = refsOf([git({ branch: 'main' })], { ...onBranch, ref: { kind: 'branch', name } });
    expect(substitute((ref as { branch: string }).branch, { 'cluster.name': 'c0' })).toBe(name);
  });
});

describe('a rollout of a definition', () => {
  const gates = ({ strategy }: RolloutRequest) => strategy.stages.map((stage) => stage.gates);
  const stages = (...all: object[]) => ({
    strategy: { stages: all.map((stage, index) => ({ name: `s${index}`, ...stage })) },
  });
  const made = (autoStart: boolean, ...all: object[]) =>
    pinRollout(
      definition({ autoStart, rollout: template([git({ branch: 'x' })], stages(...all)) }),
      'shop-7',
      onBranch,
    );

  it('has the name that it is given, and no gate of its own when it starts by itself', () => {
    expect(made(true, {}, {})).toMatchObject({ name: 'shop-7' });
    expect(gates(made(true, {}, {}))).toEqual([{}, {}]);
  });

  it('waits for an approval of somebody else before its first stage when it does not', () => {
    const approval = { quorum: 1, requesterMayApprove: false };
    expect(gates(made(false, {}, {}))).toEqual([{ before: { approval } }, {}]);
    expect(gates(made(false, { gates: { before: {} } }))).toEqual([{ before: { approval } }]);
  });

  it('keeps an approval that the template asks for', () => {
    const approval = { quorum: 2, requesterMayApprove: true };
    expect(gates(made(false, { gates: { before: { approval }, after: {} } }))).toEqual([
      { before: { approval }, after: {} },
    ]);
  });
});

describe('a definition', () => {
  const problems = (changes: Record<string, unknown>) =>
    findDefinitionProblems(definition(changes)).map(({ field, code }) => `${field} ${code}`);

  it('whose template takes something from what it follows is in order', () => {
    expect(problems({})).toEqual([]);
    expect(problems({ follows: { repository: 'git@git.example:shop.git', semver: '>=1.2 <2' } })).toEqual([]);
    expect(problems({ follows: { repository: OCI, tag: '*' }, rollout: template([oci({})]) })).toEqual([]);
    expect(problems({ commitStatus: { provider: 'gitea', credentials: 'env:TOKEN' } })).toEqual([]);
  });

  it.each([
    [
      'repository is none',
      { follows: { repository: 'file:///x', branch: 'main' } },
      'follows.repository InvalidRepository',
    ],
    ['range is none', { follows: { semver: 'newest' } }, 'follows.semver InvalidRange'],
    [
      'registry has no branches',
      { follows: { repository: OCI, branch: 'main' }, rollout: template([oci({})]) },
      'follows.branch NotFollowed',
    ],
    [
      'template takes nothing from there',
      { follows: { repository: 'https://git.example/other', branch: 'main' } },
      'rollout.change.configurations FollowsNothing',
    ],
    [
      'template only removes',
      { rollout: template([{ action: 'remove', name: 'shop' }]) },
      'rollout.change.configurations FollowsNothing',
    ],
    [
      'template takes Git from where a registry is followed',
      { follows: { repository: 'oci://git.example/shop', tag: 'latest' } },
      'rollout.change.configurations FollowsNothing',
    ],
    [
      'registry has no commits for a status',
      {
        follows: { repository: OCI, tag: '*' },
        rollout: template([oci({})]),
        commitStatus: { credentials: 'env:TOKEN' },
      },
      'commitStatus NoCommits',
    ],
    [
      'host of the statuses cannot be told',
      { commitStatus: { credentials: 'env:TOKEN' } },
      'commitStatus.provider UnknownHost',
    ],
  ])('whose %s is refused', (_name, changes, problem) => {
    expect(problems(changes)).toEqual([problem]);
  });
});
