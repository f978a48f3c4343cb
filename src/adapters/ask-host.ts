import type { RemoteFault } from '../ports/git-remote.ts';

/** A request to a host of Git. */
export interface HostRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

export interface HostAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

export interface HostLimits {
  /** Real milliseconds for everything, the body included. */
  readonly timeoutMs: number;
  /** After decompression. */
  readonly bytesMax: number;
}

/** No answer, or none that can be used. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
  readonly fault: RemoteFault;

  constructor(code: string, detail: string) {
    super(detail);
    this.fault = { kind: 'unavailable', code, detail };
  }
}

/**
 * Sends one request and reads the answer whole, within limits. Redirects are never followed: the credentials are for one
 * host.
 *
 * @throws Unanswered
 */
export async function askHost(request: HostRequest, { timeoutMs, bytesMax }: HostLimits): Promise<HostAnswer> {
  const { url, method, headers, body } = request;
  const { host } = new URL(url);
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, { method, headers, redirect: 'manual', signal, ...(body && { body }) });
    return { status: response.status, headers: response.headers, body: await readBody(response, host, bytesMax) };
  } catch (error) {
    if (error instanceof Unanswered) throw error;
    if (signal.aborted) throw new Unanswered('HostTimedOut', `${host} did not answer within ${timeoutMs} ms.`);
    const code = codeOf(error);
    throw new Unanswered('NoConnection', `${host} cannot be reached, or broke off (${code}).`);
  }
}

async function readBody(response: Response, host: string, bytesMax: number): Promise<Buffer> {
  const stream: AsyncIterable<Uint8Array> | null = response.body;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream ?? []) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) {
      throw new Unanswered('AnswerTooLarge', `The answer of ${host} is longer than ${bytesMax} bytes.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** `fetch` says only that it failed; what happened stands in its cause. */
function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return error instanceof Error ? error.name : 'unknown';
}
