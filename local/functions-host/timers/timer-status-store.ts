import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const timerStatus = z.object({ lastMs: z.number().optional(), nextMs: z.number(), updatedMs: z.number() });

/** When a timer last fired (if ever) and is next due, in local-cloud milliseconds since the Unix epoch. */
export type TimerStatus = z.infer<typeof timerStatus>;

/**
 * Remembers timers between runs of the host, as the platform does in AzureWebJobsStorage: one small file per function
 * in `folder`. Without a folder nothing is remembered and no timer is ever past due.
 */
export class TimerStatusStore {
  readonly #folder: string | undefined;

  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  async read(functionName: string): Promise<TimerStatus | undefined> {
    if (this.#folder === undefined) return undefined;
    const text = await readFile(this.#file(this.#folder, functionName), 'utf8').catch(() => undefined);
    return text === undefined ? undefined : timerStatus.parse(JSON.parse(text));
  }

  async write(functionName: string, status: TimerStatus): Promise<void> {
    if (this.#folder === undefined) return;
    const file = this.#file(this.#folder, functionName);
    await mkdir(this.#folder, { recursive: true });
    // A host that is killed while writing must find the old status, not half a file.
    await writeFile(`${file}.new`, JSON.stringify(status));
    await rename(`${file}.new`, file);
  }

  #file(folder: string, functionName: string): string {
    return path.join(folder, `${encodeURIComponent(functionName)}.json`);
  }
}
