import { z } from 'zod';
import type { ArmFault, ArmFound } from '../ports/arm.ts';
import { ownUrl, type ArmReply, type Send } from './arm-send.ts';

/** Pages that are read of one list, unless its caller names another number. Ours: a cluster carries a handful of anything. */
const PAGES_MAX = 10;

const page = z.object({
  value: z.array(z.looseObject({ name: z.string().min(1) })),
  nextLink: z.string().min(1).nullish(),
});

/** Every resource of a list, page by page; `host` is the only one that the list may continue on. A list has to end. */
export async function listAll(
  send: Send,
  listUrl: string,
  host: string,
  pagesMax = PAGES_MAX,
): Promise<{ readonly ok: true; readonly value: readonly ArmFound[] } | Extract<ArmReply, { ok: false }>> {
  const found: ArmFound[] = [];
  let url = listUrl;
  for (let count = 0; count < pagesMax; count++) {
    const reply = await send('GET', url);
    if (!reply.ok) return reply;
    const read = page.safeParse(reply.body);
    if (!read.success) return unavailable('UnreadableAnswer', 'A list of ARM has an unknown shape.');
    found.push(...read.data.value.map((resource) => ({ name: resource.name, resource })));
    const { nextLink } = read.data;
    if (nextLink === undefined || nextLink === null) return { ok: true, value: found };
    const next = ownUrl(nextLink, host);
    if (next === undefined) return unavailable('ForeignNextLink', 'A list of ARM continues on another host.');
    url = next;
  }
  return unavailable('TooManyPages', `A list of ARM has more than ${pagesMax} pages.`);
}

function unavailable(code: string, detail: string): { readonly ok: false; readonly fault: ArmFault } {
  return { ok: false, fault: { kind: 'unavailable', code, detail } };
}
