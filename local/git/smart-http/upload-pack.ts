import { reachable } from '../reachable.ts';
import type { Repository } from '../repository.ts';
import { FLUSH, pktLine, sideBand, takeSection } from './pkt-line.ts';

interface Request {
  readonly wants: readonly string[];
  /** What the client says it has; with what is common, the pack gets smaller. */
  readonly haves: readonly string[];
  /** The client waits for the pack now, not for another round. */
  readonly isDone: boolean;
}

/**
 * Answers one round of a fetch: which of the client's commits are known, and once the client is done, the pack with everything
 * that it lacks. Rounds have no memory: each request repeats what was found to be common.
 *
 * @throws RangeError when the request is not Git's
 */
export async function uploadPack(repository: Repository, body: Buffer): Promise<Buffer> {
  const { wants, haves, isDone } = readRequest(body);
  const stranger = await notOurs(repository, wants);
  if (stranger !== undefined) return pktLine(`ERR upload-pack: not our ref ${stranger}`);
  const common: string[] = [];
  for (const oid of haves) if (await repository.has(oid)) common.push(oid);
  const acknowledged = common.map((oid) => pktLine(`ACK ${oid} common\n`));
  if (!isDone) return Buffer.concat([...acknowledged, pktLine('NAK\n')]);
  const last = common.at(-1);
  const known = await reachable(repository, common);
  const pack = await repository.pack(await reachable(repository, wants, known));
  const answer = pktLine(last === undefined ? 'NAK\n' : `ACK ${last}\n`);
  return Buffer.concat([...acknowledged, answer, sideBand(pack), FLUSH]);
}

function readRequest(body: Buffer): Request {
  const first = takeSection(body);
  const wants = first.lines.flatMap((line) => /^want ([0-9a-f]{40})\b/.exec(line)?.[1] ?? []);
  const haves: string[] = [];
  let isDone = false;
  for (let { rest } = first; rest.length > 0;) {
    const section = takeSection(rest);
    haves.push(...section.lines.flatMap((line) => /^have ([0-9a-f]{40})$/.exec(line)?.[1] ?? []));
    isDone ||= section.lines.includes('done');
    rest = section.rest;
  }
  return { wants, haves, isDone };
}

/** The first wanted commit that no ref leads to. */
async function notOurs(repository: Repository, wants: readonly string[]): Promise<string | undefined> {
  const tips = (await repository.refs()).map(({ oid }) => oid);
  const others = wants.filter((want) => !tips.includes(want));
  if (others.length === 0) return undefined;
  const ours = await reachable(repository, tips);
  return others.find((want) => !ours.has(want));
}
