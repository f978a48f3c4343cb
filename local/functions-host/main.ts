import { readFile } from 'node:fs/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { ScaledClock } from '../clock.ts';
import { startHost } from './host.ts';
import type { FunctionsHost } from './host.ts';
import { HostError } from './host-error.ts';
import { isLogLevel, jsonLines } from './log.ts';
import type { RpcLogLevel } from './rpc-types.ts';

const flags = z.object({
  port: z.int(),
  entry: z.string(),
  hostJson: z.string(),
  settings: z.string().optional(),
  keys: z.string().optional(),
  auth: z.enum(['on', 'off']),
  state: z.string().optional(),
  clock: z.instanceof(ScaledClock),
  logLevel: z.custom<RpcLogLevel>((value) => typeof value === 'string' && isLogLevel(value)),
});

/**
 * The Functions host as a process. Writes `{"ready":true,"port":N}` to stdout when it listens, then its log, one JSON
 * object per line. SIGTERM or SIGINT drains and ends it with exit code 0; a bad configuration ends it with 1.
 */
async function main(): Promise<void> {
  const options = flags.parse(commandLine().parse().opts());
  const host = await startHost({
    entry: options.entry,
    hostJsonPath: options.hostJson,
    settings: await stringsFrom(options.settings),
    keys: await stringsFrom(options.keys),
    auth: options.auth === 'on',
    clock: options.clock,
    port: options.port,
    log: jsonLines(writeTogether(), options.logLevel),
    ...(options.state === undefined ? {} : { stateFolder: options.state }),
  });
  console.log(JSON.stringify({ ready: true, port: host.port }));
  superviseProcess(host);
}

/** Writes what is said in one turn of the event loop at once: each write to a pipe is a call that blocks, hundreds a second under load. */
function writeTogether(): (line: string) => void {
  let lines = '';
  const write = (): void => {
    const all = lines;
    lines = '';
    if (all !== '') process.stdout.write(all);
  };
  process.on('exit', write);
  return (line) => {
    if (lines === '') setImmediate(write);
    lines += line;
  };
}

function commandLine(): Command {
  return new Command('functions-host')
    .description('Runs an Azure Functions app (Node programming model v4) without Azure.')
    .requiredOption('--entry <path>', 'folder or glob of function sources, or the built bundle')
    .option('--port <number>', 'HTTP port on 127.0.0.1; 0 picks one', parsePort, 7071)
    .option('--host-json <file>', 'host.json of the app', 'host.json')
    .option('--settings <file>', 'JSON object of app settings, put into the environment')
    .option('--keys <file>', 'JSON object of function keys, name to value')
    .addOption(
      new Option('--auth <on|off>', 'off: requests need no function key, as in Core Tools')
        .choices(['on', 'off'])
        .default('on'),
    )
    .option('--state <folder>', 'where timers are remembered between runs')
    .option('--clock <speed@originMs>', 'local-cloud time, e.g. 20@1767225600000', parseClock, new ScaledClock())
    .option(
      '--log-level <level>',
      'lowest level to log: trace, debug, information, warning, error, none',
      parseLevel,
      'information',
    );
}

/** User code may reject or throw outside any invocation; the platform's host survives that, and so does this one. */
function superviseProcess(host: FunctionsHost): void {
  process.on('unhandledRejection', (error) => host.reportStrayError(error));
  // Nobody reads the log any more: whoever started this host is gone, and logging that would fail again.
  process.stdout.on('error', () => process.exit(1));
  process.on('uncaughtException', (error) => host.reportStrayError(error));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    // A listening HTTP proxy of the library (streaming mode) would keep the process alive: end it explicitly.
    process.on(signal, () => void host.close().finally(() => process.exit(0)));
  }
}

async function stringsFrom(file: string | undefined): Promise<Record<string, string>> {
  if (file === undefined) return {};
  try {
    return z.record(z.string(), z.string()).parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    throw new HostError('BAD_FILE', `${file} must hold one JSON object whose values are strings.`, error);
  }
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidArgumentError('A port is 0 to 65535.');
  return port;
}

function parseClock(text: string): ScaledClock {
  const match = /^(\d+(?:\.\d+)?)@(\d+)$/.exec(text);
  if (match === null || Number(match[1]) === 0)
    throw new InvalidArgumentError('Write SPEED@ORIGIN_MS, e.g. 20@1767225600000.');
  return new ScaledClock(Number(match[1]), Number(match[2]));
}

function parseLevel(text: string): RpcLogLevel {
  if (!isLogLevel(text)) throw new InvalidArgumentError('Unknown level.');
  return text;
}

main().catch((error: unknown) => {
  console.error(error instanceof HostError ? error.message : error);
  process.exit(1);
});
