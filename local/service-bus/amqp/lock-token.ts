/** Order in which .NET writes the bytes of a GUID: the first three groups are little-endian. Its own inverse. */
const GUID_BYTE_ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15] as const;

/** Delivery tag for a lock token (32 hexadecimal digits): Service Bus sends the GUID as .NET lays it out. */
export function tagOfToken(lockToken: string): Buffer {
  return reorder(bytesOfToken(lockToken));
}

/** Lock token in a delivery tag that the broker made. */
export function tokenOfTag(tag: Buffer | string): string {
  return reorder(Buffer.from(tag)).toString('hex');
}

/** The token as an AMQP uuid, as management requests and responses carry it. */
export function bytesOfToken(lockToken: string): Buffer {
  return Buffer.from(lockToken, 'hex');
}

function reorder(bytes: Buffer): Buffer {
  return Buffer.from(GUID_BYTE_ORDER.map((from) => bytes[from] ?? 0));
}
