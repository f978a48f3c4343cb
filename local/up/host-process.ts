import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { ScaledClock } from '../clock.ts';
import { END_WITH_PARENT } from '../end-with-parent.ts';

/** A host that ends this often in a row before it is ready will not come up by itself. Ours. */
const FAILED_STARTS_MAX = 3;
/** How long a polite stop may take before the process is killed. Ours: running invocations end within seconds. */
const STOP_MS_MAX = 10_000;
/** Of what a host says before it dies at its start. */
const LAST_WORDS_CHARACTERS_MAX = 4000;

export interface HostProcessOptions {
  readonly entry: string;
  readonly hostJson: string;
  /** 0 picks a free port; a host that is started again gets the port of the first. */
  readonly port: number;
  readonly clock: ScaledClock;
  readonly settings: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
}

export interface SupervisedHost {
  /** Resolves with the port of the API once the first host listens. */
  readonly listening: Promise<number>;
  /** Resolves with the reason when no host comes up any more. */
  readonly broken: Promise<Error>;
  /** Process id of the host that runs now. */
  pid(): number;
  /** Drains and ends the host, and starts no other. */
  stop(): Promise<void>;
}

/** Runs the Functions host as a child process and starts it again, at once and on the same port, when it dies. */
export function superviseHost(options: HostProcessOptions): SupervisedHost {
  return new Supervisor(options);
}

class Supervisor implements SupervisedHost {
  readonly listening: Promise<number>;
  readonly broken: Promise<Error>;
  readonly #options: HostProcessOptions;
  readonly #onListening: (port: number) => void;
  readonly #onBroken: (error: Error) => void;
  #child: ChildProcess;
  #port: number;
  #failedStarts = 0;
  #stopping = false;

  constructor(options: HostProcessOptions) {
    this.#options = options;
    this.#port = options.port;
    const broken = Promise.withResolvers<Error>();
    const listening = Promise.withResolvers<number>();
    this.broken = broken.promise;
    this.#onBroken = broken.resolve;
    this.listening = Promise.race([listening.promise, broken.promise.then((error) => Promise.reject(error))]);
    // Whoever waits for the start sees the rejection; nobody else needs to.
    this.listening.catch(() => undefined);
    this.#onListening = listening.resolve;
    this.#child = this.#start();
  }

  pid(): number {
    return this.#child.pid ?? 0;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      const gone = once(child, 'exit');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
      child.kill('SIGTERM');
      await gone;
      clearTimeout(timer);
    }
  }

  #start(): ChildProcess {
    const child = spawn(process.execPath, [...END_WITH_PARENT, ...this.#flags()], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...this.#options.settings },
      // Ctrl-C in a terminal goes to its whole process group: this process then asks the host to drain, once.
      detached: true,
    });
    let ready = false;
    let lastWords = '';
    createInterface({ input: child.stdout }).on('line', (line) => {
      const port = ready ? undefined : readyPort(line);
      if (port === undefined) return this.#options.log(line);
      ready = true;
      this.#failedStarts = 0;
      this.#port = port;
      this.#onListening(port);
    });
    createInterface({ input: child.stderr }).on('line', (line) => {
      lastWords = `${lastWords}${line}\n`.slice(-LAST_WORDS_CHARACTERS_MAX);
      this.#options.log(line);
    });
    // 'close' comes after the pipes are read to their ends, also when the process could not be spawned.
    child.once('error', (error) => (lastWords += error.message));
    child.once('close', (code, signal) =>
      this.#ended(ready, `code ${code ?? signal ?? 'unknown'}: ${lastWords.trim()}`),
    );
    return child;
  }

  #ended(wasReady: boolean, reason: string): void {
    if (this.#stopping) return;
    if (!wasReady) this.#failedStarts += 1;
    if (this.#failedStarts >= FAILED_STARTS_MAX) {
      this.#onBroken(new Error(`The Functions host does not start. It ended with ${reason}`));
      return;
    }
    this.#options.log(`The Functions host ended with ${reason}; it is started again.`);
    this.#child = this.#start();
  }

  #flags(): string[] {
    const { entry, hostJson, clock } = this.#options;
    return [
      path.join(import.meta.dirname, '../functions-host/main.ts'),
      ...['--entry', entry, '--host-json', hostJson, '--port', String(this.#port)],
      ...['--clock', `${clock.speed}@${clock.originMs}`],
    ];
  }
}

function readyPort(line: string): number | undefined {
  const match = /^\{"ready":true,"port":(\d+)\}$/.exec(line);
  return match === null ? undefined : Number(match[1]);
}
