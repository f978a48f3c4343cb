import { Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { LAG_MS_DEFAULT } from '../azure/server.ts';

const number = z.number();
const flags = z.object({
  port: number,
  clusters: number,
  subscriptions: number,
  speed: number,
  seed: number,
  lagMs: number,
  extensionShare: number,
  journal: z.string().optional(),
  entry: z.string().optional(),
  auth: z.boolean().default(false),
  verbose: z.boolean().default(false),
  once: z.boolean().default(false),
});
/** What both commands, `npm run local` and `npm start`, can be told. */
export type Flags = z.infer<typeof flags>;

/** The flags that every local cloud has; the caller adds its own. */
export function localCloudCommand(name: string, defaults: { readonly port: number; readonly speed: number }): Command {
  return new Command(name)
    .option('--port <number>', 'port of the API on 127.0.0.1; 0 takes a free one', toNumber, defaults.port)
    .option('--clusters <number>', 'clusters of the simulated fleet', toNumber, 48)
    .option('--subscriptions <number>', 'subscriptions they are spread over', toNumber, 3)
    .option('--speed <factor>', 'how much faster than real time everything runs', toNumber, defaults.speed)
    .option('--seed <number>', 'the same seed makes the same fleet', toNumber, 1)
    .option('--lag-ms <ms>', 'how late Resource Graph is, in local milliseconds', toNumber, LAG_MS_DEFAULT)
    .option('--extension-share <share>', 'clusters that have the Flux extension already, 0 to 1', toNumber, 0.5)
    .option('--journal <file>', 'append every ARM exchange to this file as JSON lines')
    .option('--entry <path>', 'functions to run: a folder of sources or the built bundle (default: functions)')
    .option('--auth', 'the API asks who calls, as in Azure; keys and tokens for each role are told')
    .option('--verbose', 'the log of the Functions host goes to stdout instead of a file');
}

/** @throws when a value is out of its range, saying which */
export function readFlags(command: Command): Flags {
  const read = flags.parse(command.parse().opts());
  if (read.speed <= 0) command.error('--speed must be above 0');
  if (!Number.isInteger(read.port) || read.port < 0 || read.port > 65_535) command.error('--port must be 0 to 65535');
  return read;
}

function toNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('a number is expected');
  return value;
}
