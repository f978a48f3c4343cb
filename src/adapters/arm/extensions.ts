import { z } from 'zod';
import type { ArmFault, ArmFound } from '../../ports/arm.ts';
import { ownUrl, type ArmReply, type Send } from './send.ts';

/** Pages of extensions that are read of one cluster. Ours: clusters carry a handful. */
const PAGES_MAX = 10;

const page = z.object({
  value: z.array(z.record(z.string(), z.unknown())),
  nextLink: z.string().min(1).nullish(),
});
const extension = z.object({
  name: z.string().min(1),
  properties: z.object({ extensionType: z.string() }),
});

/** The cluster's extension of a type (without case), whatever its name; undefined when it has none. */
export async function findByType(
  send: Send,
  listUrl: string,
  type: string,
  host: string,
): Promise<{ readonly ok: true; readonly value: ArmFound | undefined } | Extract<ArmReply, { ok: false }>> {
  let url = listUrl;
  for (let count = 0; count < PAGES_MAX; count++) {
    const reply = await send('GET', url);
    if (!reply.ok) return reply;
    const read = page.safeParse(reply.body);
    if (!read.success) return unavailable('UnreadableAnswer', 'The list of extensions has an unknown shape.');
    const found = read.data.value.map((resource) => asFound(resource, type)).find((each) => each !== undefined);
    const { nextLink } = read.data;
    if (found !== undefined || nextLink === undefined || nextLink === null) return { ok: true, value: found };
    const next = ownUrl(nextLink, host);
    if (next === undefined) return unavailable('ForeignNextLink', 'The list of extensions continues on another host.');
    url = next;
  }
  return unavailable('TooManyPages', `The list of extensions has more than ${PAGES_MAX} pages.`);
}

function asFound(resource: Readonly<Record<string, unknown>>, type: string): ArmFound | undefined {
  const { success, data } = extension.safeParse(resource);
  const matches = success && data.properties.extensionType.toLowerCase() === type;
  return matches ? { name: data.name, resource } : undefined;
}

function unavailable(code: string, detail: string): { readonly ok: false; readonly fault: ArmFault } {
  return { ok: false, fault: { kind: 'unavailable', code, detail } };
}
