import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** A push or an API call larger than this is refused; manifests are far smaller. Ours. */
const BODY_BYTES_MAX = 32 * 1024 * 1024;

/** One request to the Git host, read to its end. */
export interface GitHostRequest {
  /** Parts of the path by name. */
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  readonly authorization: string | undefined;
}

export interface GitHostAnswer {
  readonly status: number;
  /** Default: JSON. */
  readonly contentType?: string;
  /** Bytes as they are, everything else as JSON; absent: none. */
  readonly body?: unknown;
}

/** A request that cannot be answered as asked. */
export class GitHostError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Reads a body; Git compresses longer ones. @throws GitHostError 413 or 400 */
export async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new GitHostError(413, `The body is larger than ${BODY_BYTES_MAX} bytes.`);
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  if (incoming.headers['content-encoding'] !== 'gzip') return body;
  return promisify(gunzip)(body, { maxOutputLength: BODY_BYTES_MAX }).catch(() => {
    throw new GitHostError(400, 'The body is not gzip, or unpacks to too much.');
  });
}
