import { z } from 'zod';
import type { Cloud } from '../cloud.ts';
import { sourceAuth } from '../fleet/source-auth.ts';
import { parseAdmin } from './parse.ts';

const source = z.strictObject({
  /** The url of the source, exactly as configurations write it. */
  url: z.string().min(1),
  /** null lets everybody in again. */
  auth: sourceAuth.nullable(),
  /** Name of a secret in the cluster that opens it as well. */
  localAuthRef: z.string().min(1).optional(),
});

/** `PUT /admin/sources`: what a repository asks for from now on. Configurations of it try again within seconds. */
export function putSource(cloud: Cloud, body: unknown): unknown {
  const { url, auth, localAuthRef } = parseAdmin(source, body);
  const { protectedSources } = cloud.fleet;
  if (auth === null) protectedSources.open(url);
  else protectedSources.protect({ url, auth, localAuthRef });
  cloud.agent.sourceChanged(url);
  return listSources(cloud);
}

/** `GET /admin/sources`: which urls are protected and how, without any value. */
export function listSources(cloud: Cloud): unknown {
  const shown = cloud.fleet.protectedSources.all.map(({ url, auth, localAuthRef }) => ({
    url,
    kind: auth.kind,
    localAuthRef: localAuthRef ?? null,
  }));
  return { sources: shown };
}
