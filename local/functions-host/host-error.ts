/** The host cannot start as configured: what is wrong, where, and what to do about it. */
export class HostError extends Error {
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(`${code}: ${message}`, { cause });
    this.name = 'HostError';
    this.code = code;
  }
}
