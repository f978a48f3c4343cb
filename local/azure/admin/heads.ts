import { z } from 'zod';
import type { Cloud } from '../cloud.ts';
import { parseAdmin } from './parse.ts';

const head = z.strictObject({
  /** The url of the source, exactly as configurations write it. */
  url: z.string().min(1),
  /** Branch or tag; the name of a bucket or container; with `version` the range that configurations name as `semver`. */
  reference: z.string().min(1),
  /** The commit in 40 hexadecimal digits; for buckets, containers and OCI the sha256 digest in 64. */
  commit: z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/),
  /** The tag that is now the newest in the range. */
  version: z.string().min(1).optional(),
});

/** `PUT /admin/heads`: a push or a release. Configurations that follow it fetch it within their sync interval. */
export function putHead(cloud: Cloud, body: unknown): unknown {
  const { url, reference, commit, version } = parseAdmin(head, body);
  if (version !== undefined) cloud.fleet.publishVersion(url, reference, version);
  const moved = version ?? reference;
  cloud.fleet.moveHead(url, moved, commit);
  cloud.agent.headMoved(url, moved);
  return { url, reference, commit, ...(version === undefined ? {} : { version }) };
}
