import type { Deps } from '../../../src/app/deps.ts';

export function eternalLeases(deps: Deps): Deps {
  const { leases } = deps;
  return {
    ...deps,
    leases: {
      read: (clusterId, name) => leases.read(clusterId, name),
      write: (lease, version) => leases.write({ ...lease, expiresAt: lease.acquiredAt + 1e12 }, version),
      writeAll: async () => undefined,
    },
  };
}

export function forgetNewestHolder(deps: Deps): Deps {
  const { leases } = deps;
  return {
    ...deps,
    leases: {
      read: async (clusterId, name) => {
        const lease = await leases.read(clusterId, name);
        return lease && { ...lease, value: { ...lease.value, newestHolder: '' } };
      },
      write: (lease, version) => leases.write(lease, version),
      writeAll: (all) => leases.writeAll(all),
    },
  };
}

/** Every lease seems to be granted; none is kept. */
export function imagineLeases(deps: Deps): Deps {
  return {
    ...deps,
    leases: {
      read: async () => undefined,
      write: async () => ({ written: true, version: '1' }),
      writeAll: async () => undefined,
    },
  };
}
