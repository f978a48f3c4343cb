import { readFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import { QUEUES } from '../../src/contracts/queues.ts';
import { ScaledClock } from '../clock.ts';
import { startBroker } from './broker.ts';
import { parseEntitiesConfig } from './entities-config.ts';

/** Runs the broker by itself until SIGINT or SIGTERM. */
async function main(argv: readonly string[]): Promise<void> {
  const options = parseArguments(argv);
  const queues = options.config === undefined ? QUEUES : parseEntitiesConfig(await readFile(options.config, 'utf8'));
  const broker = await startBroker({ clock: new ScaledClock(), port: options.port, queues });
  console.log(`Service Bus broker with ${queues.length} queues: ${queues.map((queue) => queue.name).join(', ')}`);
  console.log(broker.connectionString);
  const stop = () => void broker.close();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

interface Arguments {
  readonly port: number;
  readonly config?: string;
}

function parseArguments(argv: readonly string[]): Arguments {
  return new Command('local:service-bus')
    .description('A Service Bus broker for this machine. It keeps messages in memory and accepts every access key.')
    .option('--port <number>', 'TCP port; 0 takes a free one', parsePort, 5672)
    .option(
      '--config <file>',
      "queues, in the format of Microsoft's Service Bus emulator (default: the application's queues)",
    )
    .parse(argv)
    .opts<Arguments>();
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('It is a whole number from 0 to 65535.');
}

main(process.argv).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
