import { TELEMETRY_FLUSH_SECONDS } from '../../contracts/timing.ts';

interface Flushable {
  forceFlush(): Promise<void>;
}

/** Flushes all of them, and stops waiting for collectors that take too long. What fails is told by the exporters. */
export function createFlush(parts: readonly Flushable[]): () => Promise<void> {
  return async () => {
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, TELEMETRY_FLUSH_SECONDS * 1000);
    });
    await Promise.race([Promise.allSettled(parts.map((part) => part.forceFlush())), tooLong]);
    clearTimeout(timer);
  };
}
