/** Base64 of the UTF-8 text, as `fluxConfigurations` takes keys, certificates and known_hosts. */
export function encodeBase64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));
}

/** The bytes that a base64 text stands for, one character each; line breaks are ignored. Undefined when it is none. */
export function decodeBytes(text: string): string | undefined {
  const packed = text.replace(/\s+/g, '');
  return packed !== '' && packed.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(packed) ? atob(packed) : undefined;
}

/** The UTF-8 text that a base64 text stands for; undefined when it is no base64 or its bytes are no text. */
export function decodeBase64(text: string): string | undefined {
  const bytes = decodeBytes(text);
  if (bytes === undefined) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes, (each) => each.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
