import type { GitHttpRequest, GitHttpResponse, HttpClient } from 'isomorphic-git';
import { GIT_ANSWER_BYTES_MAX } from '../../contracts/limits.ts';
import type { RemoteFault } from '../../ports/git-remote.ts';
import { askHost, type HostAnswer } from '../ask-host.ts';
import { faultOfAnswer } from '../host-faults.ts';

export interface TransportOptions {
  readonly timeoutMs: number;
  readonly nowMs: number;
  /** The value that the request carries; never shown. */
  readonly credentials: string | undefined;
}

/** The host answered, and not with refs. */
export class HostRefusal extends Error {
  override readonly name = 'HostRefusal';
  readonly fault: RemoteFault;

  constructor(fault: RemoteFault) {
    super(fault.detail);
    this.fault = fault;
  }
}

/** The repository is at another path of the same host, as hosts say of renamed ones and of URLs without `.git`. */
export class MovedTo extends Error {
  override readonly name = 'MovedTo';
  readonly url: string;

  constructor(url: string) {
    super('The repository is elsewhere.');
    this.url = url;
  }
}

/** The repository has no refs. The library would take the answer that says so for one of a newer protocol. */
export class EmptyRepository extends Error {
  override readonly name = 'EmptyRepository';
}

/** A transport of the Git library, with what it read: the library takes half an answer for a whole one. */
export interface Transport extends HttpClient {
  /** True when every answer was read to its end, and ended as Git's protocol does. */
  isComplete(): boolean;
}

const ADVERTISEMENT = '/info/refs';
/** Media types of the smart protocol (gitprotocol-http). Anything else is a web page. */
const GIT_ANSWER = /^application\/x-git-upload-pack-(advertisement|result)$/;
/** `flush-pkt`: the end of a list of refs, in every version of the protocol. */
const FLUSH = '0000';
/** What servers before Git 2.41 say in version 1 when there is nothing to advertise. */
const NOTHING = Buffer.from('001e# service=git-upload-pack\n00000000');

/**
 * Sends the requests of the Git library through ours: bounded, timed, without redirects to other hosts.
 *
 * @throws from its requests: Unanswered, HostRefusal, MovedTo, EmptyRepository
 */
export function createTransport(options: TransportOptions): Transport {
  const bodies: { error?: unknown; ended: boolean }[] = [];
  return {
    isComplete: () => bodies.every(({ error, ended }) => error === undefined && ended),
    request: async ({ url, method, headers = {}, body }: GitHttpRequest): Promise<GitHttpResponse> => {
      const answer = await askHost(
        {
          url,
          method: method === 'POST' ? 'POST' : 'GET',
          headers: { ...headers, 'user-agent': 'git/flotilla' },
          ...(body && { body: await gather(body) }),
        },
        { timeoutMs: options.timeoutMs, bytesMax: GIT_ANSWER_BYTES_MAX },
      );
      const type = judge(answer, url, options);
      if (answer.body.equals(NOTHING)) throw new EmptyRepository();
      const ended = answer.body.toString('latin1', Math.max(0, answer.body.length - FLUSH.length)) === FLUSH;
      // The library notes a parse error on the body and carries on with what it has.
      const read = Object.assign(once(answer.body), { ended });
      bodies.push(read);
      return { url, statusCode: answer.status, statusMessage: '', headers: { 'content-type': type }, body: read };
    },
  };
}

/** Returns the media type of an answer that can be read. */
function judge(answer: HostAnswer, url: string, { credentials, nowMs }: TransportOptions): string {
  const asked = new URL(url);
  const where = `${asked.origin}${asked.pathname.replace(/\/(info\/refs|git-upload-pack)$/, '')}`;
  const moved = movedTo(answer, asked);
  if (moved !== undefined) throw new MovedTo(moved);
  if (answer.status !== 200) throw new HostRefusal(faultOfAnswer(answer, { where, credentials, nowMs }));
  const type = (answer.headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '';
  if (!GIT_ANSWER.test(type)) throw new HostRefusal(notGit(where));
  return type;
}

/** Whatever `where` answered, it was not refs. */
export function notGit(where: string): RemoteFault {
  const detail = `What ${where} answers is not the smart protocol of Git, or not all of it. Check the URL.`;
  return { kind: 'refused', code: 'NotGit', detail };
}

function movedTo({ status, headers }: HostAnswer, asked: URL): string | undefined {
  const location = headers.get('location');
  if (![301, 302, 307, 308].includes(status) || location === null) return undefined;
  const target = URL.parse(location, asked.href);
  if (target?.origin !== asked.origin || !target.pathname.endsWith(ADVERTISEMENT)) return undefined;
  return `${target.origin}${target.pathname.slice(0, -ADVERTISEMENT.length)}`;
}

async function gather(body: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
