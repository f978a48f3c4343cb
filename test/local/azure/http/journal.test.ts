import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ManualClock } from '../../../../local/clock.ts';
import { startAzure } from '../../../../local/azure/server.ts';
import { bench, COMMIT, configurationPath, gitBody, healthy } from '../support.ts';

const SECRET = 'c2VjcmV0LXZhbHVl';

it('writes every exchange as a JSON line, without tokens and secrets', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'azure-journal-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const journalFile = join(folder, 'journal.jsonl');
  const clock = new ManualClock();
  const azure = await startAzure({ clock, port: 0, journalFile });
  const url = `${azure.endpoint}${configurationPath(healthy(azure))}?api-version=2025-04-01`;
  const headers = { authorization: 'Bearer very-secret-token' };
  const body = gitBody(COMMIT, { configurationProtectedSettings: { httpsKey: SECRET } });
  await fetch(url, { method: 'PUT', headers, body: JSON.stringify(body) });
  clock.advance(1000);
  await fetch(url, { headers });
  await azure.close();
  const text = await readFile(journalFile, 'utf8');
  expect(text).not.toContain(SECRET);
  expect(text).not.toContain('very-secret-token');
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines).toMatchObject([
    {
      time: '2026-01-01T00:00:00.000Z',
      method: 'PUT',
      status: 201,
      requestBody: { properties: { configurationProtectedSettings: { httpsKey: '<redacted>' } } },
      responseBody: { properties: { provisioningState: 'Creating' } },
      responseHeaders: { 'x-ms-ratelimit-remaining-subscription-writes': '199' },
    },
    { time: '2026-01-01T00:00:01.000Z', method: 'GET', status: 200 },
  ]);
});

it('keeps the writes in memory, redacted, and shows them over the admin endpoint', async () => {
  const { azure, call, admin } = await bench();
  const path = configurationPath(healthy(azure));
  const blob = { url: 'https://a', containerName: 'c', accountKey: SECRET, servicePrincipal: { clientSecret: SECRET } };
  await call('PUT', path, gitBody(COMMIT, { sourceKind: 'AzureBlob', azureBlob: blob }));
  await call('GET', path);
  await call('DELETE', path);
  const { body } = await admin('GET', '/admin/journal');
  expect(body.writes.map(({ method, status }) => [method, status])).toEqual([
    ['PUT', 201],
    ['DELETE', 202],
  ]);
  expect(JSON.stringify(azure.journal.writes)).not.toContain(SECRET);
  expect(JSON.stringify((await call('GET', path)).body)).not.toContain(SECRET);
});
