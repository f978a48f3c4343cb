import { validRange } from 'semver';
import type { Definition } from '../../contracts/definition.ts';
import type { Problem } from '../../contracts/errors.ts';
import { normaliseRepository } from '../../contracts/repository.ts';
import { findPinned } from './pin.ts';
import { statusProviderOf } from './status-provider.ts';

/** What is wrong with a definition that its schema cannot tell; empty when its revisions can be rolled out. */
export function findDefinitionProblems({ follows, rollout, commitStatus }: Definition): Problem[] {
  const repository = normaliseRepository(follows.repository);
  if (repository === undefined) {
    const detail = 'must be the URL of a repository: https://, http://, ssh://, git@host:path or oci://';
    return [{ field: 'follows.repository', code: 'InvalidRepository', detail }];
  }
  const problems: Problem[] = [];
  if (repository.source === 'oci' && follows.branch !== undefined) {
    const detail = 'is for Git; a registry has tags: name tag or semver';
    problems.push({ field: 'follows.branch', code: 'NotFollowed', detail });
  }
  if (follows.semver !== undefined && validRange(follows.semver) === null) {
    const detail = `'${follows.semver}' is no range of versions, such as >=1.2.0 <2.0.0 or 1.x`;
    problems.push({ field: 'follows.semver', code: 'InvalidRange', detail });
  }
  if (commitStatus !== undefined && repository.source === 'oci') {
    const detail = 'is for Git: an artifact of a registry has no commit that could show it';
    problems.push({ field: 'commitStatus', code: 'NoCommits', detail });
  }
  const isUnknownHost = commitStatus?.provider === undefined && statusProviderOf(repository.key) === undefined;
  if (commitStatus !== undefined && repository.source === 'git' && isUnknownHost) {
    const detail = `is missing: whose software hosts ${repository.key} cannot be told from its name`;
    problems.push({ field: 'commitStatus.provider', code: 'UnknownHost', detail });
  }
  if (findPinned(rollout.change.configurations, repository).length === 0) {
    const detail = `no configuration with action apply has its source in ${repository.key}: a push would change nothing`;
    problems.push({ field: 'rollout.change.configurations', code: 'FollowsNothing', detail });
  }
  return problems;
}
