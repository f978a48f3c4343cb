import { z } from 'zod';
import type { Cloud } from '../cloud.ts';
import { parseAdmin } from './parse.ts';

const head = z.strictObject({
  /** The `gitRepository.url`, exactly as configurations write it. */
  url: z.string().min(1),
  /** Branch or tag. */
  reference: z.string().min(1),
  commit: z.string().regex(/^[0-9a-f]{40}$/),
});

/** `PUT /admin/heads`: a push. Configurations that follow the reference fetch it within their sync interval. */
export function putHead(cloud: Cloud, body: unknown): unknown {
  const { url, reference, commit } = parseAdmin(head, body);
  cloud.fleet.moveHead(url, reference, commit);
  cloud.agent.headMoved(url, reference);
  return { url, reference, commit };
}
