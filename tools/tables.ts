import { TableClient } from '@azure/data-tables';
import { AzureCliCredential } from '@azure/identity';
import { createReadStream, createWriteStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { backUp, restore } from './table-backup.ts';

const USAGE = `npm run tables -- backup FILE | restore FILE [--continue]
FLOTILLA_TABLES is the endpoint of the tables, such as https://ACCOUNT.table.core.windows.net.
Whoever is signed in to the Azure CLI needs Storage Table Data Reader to back up, Storage Table Data Contributor to restore.`;

/** Copies the tables of an installation into a file, or back (docs/operations.md). */
async function main(): Promise<void> {
  const endpoint = z.url({ protocol: /^https$/ }).safeParse(process.env['FLOTILLA_TABLES']);
  const [verb, file, flag] = process.argv.slice(2);
  const isSound =
    verb === 'backup' ? flag === undefined : verb === 'restore' && [undefined, '--continue'].includes(flag);
  if (!endpoint.success || file === undefined || !isSound) {
    console.error(USAGE);
    process.exitCode = 1;
    return;
  }
  const tables = z
    .array(z.string())
    .parse(JSON.parse(readFileSync(new URL('../infra/tables.json', import.meta.url), 'utf8')));
  const credential = new AzureCliCredential();
  const clientOf = (table: string): TableClient => new TableClient(endpoint.data, table, credential);
  if (verb === 'backup') {
    // Ids and names of a fleet: for nobody else's eyes. Never over a former backup.
    const target = createWriteStream(file, { flags: 'wx', mode: 0o600 });
    await pipeline(Readable.from(withLineEnds(backUp(clientOf, tables))), target);
    console.log(`${file} holds all tables.`);
  } else {
    const lines = (): AsyncIterable<string> => createInterface({ input: createReadStream(file), crlfDelay: Infinity });
    console.log(`${await restore(clientOf, tables, lines, flag !== undefined)} rows were written.`);
  }
}

async function* withLineEnds(lines: AsyncIterable<string>): AsyncGenerator<string, void> {
  for await (const line of lines) yield `${line}\n`;
}

await main();
