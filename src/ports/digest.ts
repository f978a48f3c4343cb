/** Cryptographic digests, as 64 lower-case hexadecimal digits. */
export interface Digest {
  /** SHA-256 of the UTF-8 text. */
  sha256(text: string): string;
  /** HMAC-SHA-256 of the UTF-8 text under the installation's key: says whether two secrets are the same, and nothing else. */
  keyed(text: string): string;
}
