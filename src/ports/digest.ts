/** A cryptographic digest. */
export interface Digest {
  /** SHA-256 of the UTF-8 text, as 64 lower-case hexadecimal digits. */
  sha256(text: string): string;
}
