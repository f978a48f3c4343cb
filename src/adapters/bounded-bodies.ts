import { addAbortSignal, Readable } from 'node:stream';
import { RestError, type HttpClient } from '@azure/core-rest-pipeline';
import { RESPONSE_BYTES_MAX } from '../contracts/limits.ts';

/** An answer was longer than `RESPONSE_BYTES_MAX` (after decompression). */
export class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge';

  constructor() {
    super(`The answer is longer than ${RESPONSE_BYTES_MAX} bytes.`);
  }
}

const EVERY_STATUS = new Set([Number.POSITIVE_INFINITY]);

/**
 * Reads bodies itself, up to a limit. The SDK reads them whole, and for ever when a compressed body breaks off; here the
 * caller's abort signal covers the body too.
 */
export function boundedBodies(wire: HttpClient): HttpClient {
  return {
    sendRequest: async (request) => {
      const giveUp = new AbortController();
      const stop = (): void => giveUp.abort();
      if (request.abortSignal?.aborted === true) stop();
      request.abortSignal?.addEventListener('abort', stop);
      try {
        const streamed = { ...request, abortSignal: giveUp.signal, streamResponseStatusCodes: EVERY_STATUS };
        const { status, headers, readableStreamBody: body } = await wire.sendRequest(streamed);
        const bodyAsText = body instanceof Readable ? await readText(addAbortSignal(giveUp.signal, body)) : '';
        return { status, headers, request, bodyAsText };
      } catch (error) {
        stop();
        throw error;
      } finally {
        request.abortSignal?.removeEventListener('abort', stop);
      }
    },
  };
}

async function readText(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      if (!Buffer.isBuffer(chunk)) throw new TypeError('The HTTP client gave text instead of bytes.');
      bytes += chunk.length;
      if (bytes > RESPONSE_BYTES_MAX) throw new AnswerTooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof AnswerTooLarge || error instanceof TypeError) throw error;
    throw new RestError(`The answer broke off: ${String(error)}`, { code: 'BrokenAnswer' });
  }
  return Buffer.concat(chunks).toString('utf8');
}
