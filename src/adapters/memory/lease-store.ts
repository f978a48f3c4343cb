import { clusterKey } from '../../contracts/cluster-id.ts';
import type { Lease, LeaseStore } from '../../ports/lease-store.ts';
import type { Versioned } from '../../ports/versioned.ts';
import type { FrozenCopy } from './frozen-copy.ts';
import { VersionedMap } from './versioned-map.ts';

/** Leases in memory. */
export class MemoryLeaseStore implements LeaseStore {
  readonly #leases: VersionedMap<string, Lease>;

  constructor(copy: FrozenCopy) {
    this.#leases = new VersionedMap(copy);
  }

  async read(clusterId: string, subject: string): Promise<Versioned<Lease> | undefined> {
    return this.#leases.get(keyOf(clusterId, subject));
  }

  async write(
    lease: Lease,
    version: string | undefined,
  ): Promise<{ written: true; version: string } | { written: false }> {
    const written = this.#leases.setIf(keyOf(lease.clusterId, lease.subject), lease, version);
    return written === undefined ? { written: false } : { written: true, version: written };
  }

  async writeAll(leases: readonly Versioned<Lease>[]): Promise<void> {
    for (const { value, version } of leases) await this.write(value, version);
  }
}

function keyOf(clusterId: string, subject: string): string {
  return `${clusterKey(clusterId)}\n${subject}`;
}
