import type { CommitStatuses, CommitStatusUpdate } from '../../ports/commit-statuses.ts';
import type { RemoteFault, RemoteResult } from '../../ports/git-remote.ts';

/** Remembers every status that was put on a commit. */
export class MemoryCommitStatuses implements CommitStatuses {
  readonly sent: CommitStatusUpdate[] = [];
  /** While set, every call fails with it. */
  fault: RemoteFault | undefined;

  async set(update: CommitStatusUpdate): Promise<RemoteResult<undefined>> {
    if (this.fault !== undefined) return { ok: false, fault: this.fault };
    this.sent.push(update);
    return { ok: true, value: undefined };
  }
}
