import { clusterKey } from '../../contracts/cluster-id.ts';
import type { SentSecrets, SentSecretsStore } from '../../ports/sent-secrets.ts';
import type { FrozenCopy } from './frozen-copy.ts';

/** What was sent, in memory. */
export class MemorySentSecretsStore implements SentSecretsStore {
  readonly #copy: FrozenCopy;
  readonly #sent = new Map<string, SentSecrets>();

  constructor(copy: FrozenCopy) {
    this.#copy = copy;
  }

  async read(clusterId: string, subject: string): Promise<SentSecrets | undefined> {
    return this.#sent.get(keyOf(clusterId, subject));
  }

  async write(sent: SentSecrets): Promise<void> {
    this.#sent.set(keyOf(sent.clusterId, sent.subject), this.#copy(sent));
  }
}

function keyOf(clusterId: string, subject: string): string {
  return `${clusterKey(clusterId)}\n${subject}`;
}
