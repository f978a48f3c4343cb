import type { IncomingMessage } from 'node:http';

/** The platform's limit of an HTTP request (FUNCTIONS_REQUEST_BODY_SIZE_LIMIT, 100 MiB). */
export const REQUEST_BODY_BYTES_MAX = 104_857_600;

/** Reads a request body, or answers `too-large` without reading further than the limit. */
export async function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer | 'too-large'> {
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) return 'too-large';
  const chunks: Buffer[] = [];
  let bytes = 0;
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | 'too-large'>();
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= bytesMax) chunks.push(chunk);
    else request.pause();
    if (bytes > bytesMax) resolve('too-large');
  });
  request.on('end', () => resolve(Buffer.concat(chunks)));
  request.on('error', reject);
  request.on('close', () => reject(new Error('The client closed the connection before its request was complete.')));
  return promise;
}
