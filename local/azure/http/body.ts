import type { IncomingMessage } from 'node:http';
import { ArmError } from './errors.ts';

/** ARM's own limit for a request body. */
const BODY_BYTES_MAX = 4 * 1024 * 1024;

/** Reads a JSON body; undefined when there is none. @throws ArmError 413 or 400 */
export async function readJson(incoming: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) {
      throw new ArmError(413, {
        code: 'RequestContentTooLarge',
        message: `The body is larger than ${BODY_BYTES_MAX} bytes.`,
      });
    }
    chunks.push(chunk);
  }
  if (bytes === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw new ArmError(400, { code: 'InvalidRequestContent', message: 'The request content was not valid JSON.' });
  }
}
