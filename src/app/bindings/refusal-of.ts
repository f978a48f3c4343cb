import type { ArmFault } from '../../ports/arm.ts';

/** What Azure has against a request; undefined for a fault that passes. */
export function refusalOf(fault: ArmFault): string | undefined {
  switch (fault.kind) {
    case 'refused':
      return `${fault.code}: ${fault.detail}`;
    case 'clusterNotFound':
      return fault.detail;
    case 'throttled':
    case 'conflict':
    case 'unavailable':
    case 'timedOut':
      return undefined;
  }
}
