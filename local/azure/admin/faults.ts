import type { Cloud } from '../cloud.ts';
import { faultPlan, type FaultPlan } from '../http/faults.ts';
import { parseAdmin } from './parse.ts';

export function getFaults(cloud: Cloud): FaultPlan {
  return cloud.faults.plan;
}

/** Replaces all fault rules. */
export function putFaults(cloud: Cloud, body: unknown): FaultPlan {
  cloud.faults.set(parseAdmin(faultPlan, body));
  return cloud.faults.plan;
}

export function deleteFaults(cloud: Cloud): FaultPlan {
  cloud.faults.clear();
  return cloud.faults.plan;
}
