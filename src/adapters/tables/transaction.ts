import {
  createHttpHeaders,
  createPipelineRequest,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { RestError, type TableClient } from '@azure/data-tables';
import { randomUUID } from 'node:crypto';
import { TRANSACTION_BYTES_MAX, TRANSACTION_ENTITIES_MAX } from '../../contracts/limits.ts';

/** What a row holds beside its keys. */
export type Columns = Readonly<Record<string, string | number | Uint8Array>>;

/** One write of one row. `replace` and `delete` with a version happen only while the row is at that version. */
export type Operation =
  | { readonly kind: 'insert' | 'upsert'; readonly rowKey: string; readonly columns: Columns }
  | { readonly kind: 'replace'; readonly rowKey: string; readonly columns: Columns; readonly version: string }
  | { readonly kind: 'delete'; readonly rowKey: string; readonly version?: string };

const EOL = '\r\n';

/**
 * The request of one entity-group transaction ("Performing entity group transactions"). It is built here because the SDK's
 * own `submitTransaction` (13.3.2) sends every delete without its ETag, and a commit must not remove a row that changed
 * (law 2).
 *
 * @throws Error on more than 100 operations, two on one row, or more than 4 MiB: bugs, which the service would refuse.
 */
export function transactionRequest(
  client: TableClient,
  partitionKey: string,
  operations: readonly Operation[],
): PipelineRequest {
  checkTransaction(operations);
  const id = randomUUID();
  const account = new URL(client.url);
  const rowsUrl = `${account.origin}${account.pathname.replace(/\/$/, '')}/${client.tableName}`;
  const parts = operations.map((operation) => encodeOperation(rowsUrl, partitionKey, operation));
  const body = [
    `--batch_${id}`,
    `Content-Type: multipart/mixed; boundary=changeset_${id}`,
    '',
    ...parts.flatMap((part) => [`--changeset_${id}`, part]),
    `--changeset_${id}--`,
    `--batch_${id}--`,
    '',
  ].join(EOL);
  if (body.length > TRANSACTION_BYTES_MAX) {
    throw new Error(`A transaction of ${body.length} bytes is too large: at most ${TRANSACTION_BYTES_MAX} fit.`);
  }
  account.pathname = `${account.pathname.replace(/\/$/, '')}/$batch`;
  return createPipelineRequest({
    url: account.href,
    method: 'POST',
    body,
    headers: createHttpHeaders({
      Accept: 'application/json',
      'Content-Type': `multipart/mixed; boundary=batch_${id}`,
      DataServiceVersion: '3.0',
      MaxDataServiceVersion: '3.0;NetFx',
      'x-ms-version': '2019-02-02',
    }),
    allowInsecureConnection: account.protocol === 'http:',
  });
}

function checkTransaction(operations: readonly Operation[]): void {
  if (operations.length > TRANSACTION_ENTITIES_MAX) {
    throw new Error(
      `A transaction of ${operations.length} rows is too large: at most ${TRANSACTION_ENTITIES_MAX} fit.`,
    );
  }
  const keys = new Set<string>();
  for (const { rowKey } of operations) {
    if (keys.has(rowKey)) throw new Error(`Row '${rowKey}' is written twice in one transaction.`);
    keys.add(rowKey);
  }
}

function encodeOperation(rowsUrl: string, partitionKey: string, operation: Operation): string {
  const rowUrl = `${rowsUrl}(PartitionKey='${encodeURIComponent(partitionKey)}',RowKey='${encodeURIComponent(operation.rowKey)}')`;
  switch (operation.kind) {
    case 'insert':
      return encodePart(`POST ${rowsUrl}`, { Prefer: 'return-no-content' }, encodeRow(partitionKey, operation));
    case 'upsert':
      return encodePart(`PUT ${rowUrl}`, {}, encodeRow(partitionKey, operation));
    case 'replace':
      return encodePart(`PUT ${rowUrl}`, { 'If-Match': operation.version }, encodeRow(partitionKey, operation));
    case 'delete':
      return encodePart(`DELETE ${rowUrl}`, { 'If-Match': operation.version ?? '*' }, '');
  }
}

function encodePart(target: string, headers: Readonly<Record<string, string>>, body: string): string {
  const content = body === '' ? {} : { 'Content-Type': 'application/json' };
  const all = { Accept: 'application/json;odata=minimalmetadata', DataServiceVersion: '3.0', ...content, ...headers };
  return [
    'Content-Type: application/http',
    'Content-Transfer-Encoding: binary',
    '',
    `${target} HTTP/1.1`,
    ...Object.entries(all).map(([name, value]) => `${name}: ${value}`),
    '',
    body,
  ].join(EOL);
}

/** Pure ASCII: Azurite reads the body of an operation up to the first line separator, which U+2028 is. */
function encodeRow(partitionKey: string, row: { readonly rowKey: string; readonly columns: Columns }): string {
  const entity: Record<string, string | number> = { PartitionKey: partitionKey, RowKey: row.rowKey };
  for (const [name, value] of Object.entries(row.columns)) {
    entity[name] = value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
    if (value instanceof Uint8Array) entity[`${name}@odata.type`] = 'Edm.Binary';
  }
  return JSON.stringify(entity).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * Reads the answer to a transaction.
 *
 * @returns the new version of each row, in the order of the operations; '' for a deleted one.
 * @throws RestError of the operation that failed; then nothing was written.
 */
export function transactionVersions(response: PipelineResponse, operations: number): readonly string[] {
  const answers = (response.bodyAsText ?? '').split('--changesetresponse_').slice(1, -1);
  const failed = answers.find((answer) => !(statusOf(answer) < 300));
  if (response.status !== 202 || failed !== undefined) {
    throw failure(response, failed === undefined ? response.status : statusOf(failed));
  }
  if (answers.length !== operations) {
    const message = `The answer to a transaction of ${operations} rows tells of ${answers.length}.`;
    throw new RestError(message, { code: RestError.PARSE_ERROR });
  }
  return answers.map((answer) => /^ETag: (.*?)\r?$/im.exec(answer)?.[1] ?? '');
}

function statusOf(answer: string): number {
  return Number(/HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? Number.NaN);
}

function failure(response: PipelineResponse, statusCode: number): RestError {
  const body = response.bodyAsText ?? '';
  const code = /"code":\s*"([^"]+)"/.exec(body)?.[1];
  const message = /"value":\s*"((?:[^"\\]|\\.)*)"/.exec(body)?.[1]?.split('\\n')[0];
  return new RestError(message ?? `The transaction was refused with HTTP ${statusCode}.`, {
    statusCode,
    response,
    ...(code === undefined ? {} : { code }),
  });
}
