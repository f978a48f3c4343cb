import { CLUSTER_PROVIDERS } from '../../contracts/cluster-id.ts';
import type { Cluster } from '../../contracts/cluster.ts';
import type { Json } from '../flux/json.ts';
import { listOf, objectOf } from '../flux/raw-json.ts';

/** What the selectors of an assignment look at. */
export type PolicySubject = Pick<Cluster, 'id' | 'type' | 'location'>;

/**
 * Whether one group of selectors (`resourceSelectors[]`, or an entry of `overrides`) takes a cluster: all of its selectors must
 * (assignment structure of Azure Policy). Selectors by who sends a request say nothing about a cluster that is there, and kinds that
 * are not known might, so both let it through: a fight that is announced for nothing harms less than one that is not.
 */
export function selectorsMatch(group: Json, subject: PolicySubject, referenceId: string | undefined): boolean {
  return listOf(group.selectors)
    .map(objectOf)
    .every((selector) => matches(selector, subject, referenceId));
}

function matches(selector: Json, subject: PolicySubject, referenceId: string | undefined): boolean {
  switch (String(selector.kind).toLowerCase()) {
    case 'resourcelocation':
      return isAmong(selector, subject.location);
    case 'resourcetype':
      return isAmong(selector, `${CLUSTER_PROVIDERS[subject.type]}/${subject.type}`);
    case 'policydefinitionreferenceid':
      return isAmong(selector, referenceId ?? '');
    case 'resourcewithoutlocation':
      return false;
    default:
      return true;
  }
}

function isAmong(selector: Json, value: string): boolean {
  const holds = (list: unknown): boolean => listOf(list).some((entry) => plain(String(entry)) === plain(value));
  if (Array.isArray(selector.in)) return holds(selector.in);
  return !holds(selector.notIn);
}

/** Regions are written for people (`West Europe`) and for machines (`westeurope`). */
function plain(text: string): string {
  return text.toLowerCase().replaceAll(/\s/g, '');
}
