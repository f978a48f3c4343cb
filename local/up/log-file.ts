import { appendFileSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

/** A log starts over at this size, keeping the part before as `….log.1`. Ours. */
const LOG_BYTES_MAX = 16 * 1024 * 1024;
/** Logs of earlier local clouds that stay. Ours. */
const OLD_LOGS_MAX = 5;

/** The log of the Functions host in `host-<pid>.log`, bounded in size and in number. */
export class LogFile {
  readonly file: string;
  #bytes = 0;

  constructor(folder: string, pid: number) {
    mkdirSync(folder, { recursive: true });
    removeOldLogs(folder);
    this.file = path.join(folder, `host-${pid}.log`);
    rmSync(this.file, { force: true });
  }

  write(line: string): void {
    const text = `${line}\n`;
    this.#bytes += Buffer.byteLength(text);
    if (this.#bytes > LOG_BYTES_MAX) {
      renameSync(this.file, `${this.file}.1`);
      this.#bytes = Buffer.byteLength(text);
    }
    appendFileSync(this.file, text);
  }
}

function removeOldLogs(folder: string): void {
  const logs = readdirSync(folder)
    .filter((name) => /^host-\d+\.log(\.1)?$/.test(name))
    .map((name) => path.join(folder, name));
  const newestFirst = logs.sort((left, right) => statSync(right).mtimeMs - statSync(left).mtimeMs);
  for (const log of newestFirst.slice(OLD_LOGS_MAX)) rmSync(log, { force: true });
}
