/** States that Gitea knows (modules/structs/commit_status.go). */
export const COMMIT_STATES = ['pending', 'success', 'error', 'failure', 'warning'] as const;
export type CommitState = (typeof COMMIT_STATES)[number];

/** One status of a commit. */
export interface CommitStatus {
  readonly id: number;
  readonly sha: string;
  readonly state: CommitState;
  /** Tells the statuses of one commit apart; the newest of each counts. */
  readonly context: string;
  readonly description: string;
  readonly targetUrl: string;
  readonly createdAt: string;
}

/** Statuses kept per repository, newest first. Ours. */
const STATUSES_MAX = 1000;

/** The commit statuses of all repositories. */
export class CommitStatuses {
  readonly #byRepository = new Map<string, CommitStatus[]>();
  #lastId = 0;

  add(repository: string, status: Omit<CommitStatus, 'id'>): CommitStatus {
    const added = { ...status, id: (this.#lastId += 1) };
    const kept = this.#byRepository.get(repository) ?? [];
    this.#byRepository.set(repository, [added, ...kept].slice(0, STATUSES_MAX));
    return added;
  }

  /** All of one commit, newest first. */
  of(repository: string, sha: string): CommitStatus[] {
    return (this.#byRepository.get(repository) ?? []).filter((status) => status.sha === sha);
  }
}
