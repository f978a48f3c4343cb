import { Transient } from '../../contracts/errors.ts';
import type { Within } from '../../ports/probe.ts';

/** Waits for so many real seconds at the most. */
export function createWithin(seconds: number): Within {
  return async (work) => {
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Transient('NoAnswer', `No answer within ${seconds} s.`)), seconds * 1000);
    });
    try {
      return await Promise.race([work, tooLong]);
    } finally {
      clearTimeout(timer);
    }
  };
}
