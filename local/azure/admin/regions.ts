import { z } from 'zod';
import type { Cloud } from '../cloud.ts';
import { REGIONS } from '../fleet/regions.ts';
import { parseAdmin } from './parse.ts';

const regions = z.strictObject({ withoutFlux: z.array(z.enum(REGIONS.map(({ name }) => name))) });

/** `PUT /admin/regions`: where microsoft.flux is not offered from now on; what is installed there stays. */
export function putRegions(cloud: Cloud, body: unknown): unknown {
  const { withoutFlux } = parseAdmin(regions, body);
  cloud.fleet.regionsWithoutFlux = new Set(withoutFlux);
  return { withoutFlux };
}
