import { reachable } from '../reachable.ts';
import { NO_OBJECT, type Repository } from '../repository.ts';
import { FLUSH, pktLine, sideBand, takeSection } from './pkt-line.ts';

/** A ref that moved: `NO_OBJECT` before when it is new, after when it was deleted. */
export interface RefUpdate {
  readonly ref: string;
  readonly before: string;
  readonly after: string;
}

export interface Received {
  readonly answer: Buffer;
  /** What was done, in the order in which the client asked. */
  readonly updates: readonly RefUpdate[];
}

interface Request {
  readonly commands: readonly RefUpdate[];
  readonly capabilities: ReadonlySet<string>;
  readonly pack: Buffer;
}

/**
 * Answers a push: takes in its objects, then moves each ref that still is where the client saw it. History may be rewritten, as on
 * a host without protected branches.
 *
 * @throws RangeError when the request is not Git's
 */
export async function receivePack(repository: Repository, body: Buffer): Promise<Received> {
  const request = readRequest(body);
  return repository.exclusive(async () => {
    const unpacked = await unpack(repository, request);
    const updates: RefUpdate[] = [];
    const report = [`unpack ${unpacked}`];
    for (const command of request.commands) {
      const problem = unpacked === 'ok' ? await update(repository, command) : 'unpacker error';
      report.push(problem === undefined ? `ok ${command.ref}` : `ng ${command.ref} ${problem}`);
      if (problem === undefined) updates.push(command);
    }
    return { answer: answerOf(report, request.capabilities), updates };
  });
}

function readRequest(body: Buffer): Request {
  const { lines, rest } = takeSection(body);
  const capabilities = new Set(lines[0]?.split('\0')[1]?.trim().split(' '));
  const commands = lines.map((line): RefUpdate => {
    const [, before, after, ref] = /^([0-9a-f]{40}) ([0-9a-f]{40}) ([^\0]+)/.exec(line) ?? [];
    if (before === undefined || after === undefined || ref === undefined)
      throw new RangeError('a command that is none');
    return { before, after, ref };
  });
  return { commands, capabilities, pack: rest };
}

/** `ok`, or why the objects were not taken in. Every tip must be whole: nothing that it leads to may be missing. */
async function unpack(repository: Repository, { commands, pack }: Request): Promise<string> {
  try {
    if (pack.length > 0) await repository.addPack(pack);
    const tips = commands.map(({ after }) => after).filter((oid) => oid !== NO_OBJECT);
    const known = await reachable(
      repository,
      (await repository.refs()).map(({ oid }) => oid),
    );
    await reachable(repository, tips, known);
    return 'ok';
  } catch (error) {
    return oneLine(error);
  }
}

/** @returns why the ref was not moved */
async function update(repository: Repository, { ref, before, after }: RefUpdate): Promise<string | undefined> {
  if (!/^refs\/(heads|tags)\/./.test(ref)) return 'only branches and tags can be pushed';
  if (after !== NO_OBJECT && !(await isTip(repository, ref, after))) return 'not a commit';
  const present = (await repository.refs()).find(({ name }) => name === ref)?.oid ?? NO_OBJECT;
  if (present !== before) return 'fetch first';
  try {
    if (after === NO_OBJECT) await repository.removeRef(ref);
    else await repository.setRef(ref, after);
    return undefined;
  } catch (error) {
    return oneLine(error);
  }
}

/** A branch points to a commit, a tag to a commit or to the tag of one. */
async function isTip(repository: Repository, ref: string, oid: string): Promise<boolean> {
  const commit = await repository.peel(oid).catch(() => undefined);
  return commit !== undefined && (commit === oid || ref.startsWith('refs/tags/'));
}

function answerOf(report: readonly string[], capabilities: ReadonlySet<string>): Buffer {
  if (!capabilities.has('report-status')) return Buffer.alloc(0);
  const lines = Buffer.concat([...report.map((line) => pktLine(`${line}\n`)), FLUSH]);
  return capabilities.has('side-band-64k') ? Buffer.concat([sideBand(lines), FLUSH]) : lines;
}

function oneLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll('\n', ' ');
}
