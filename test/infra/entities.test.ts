import { describe, expect, it } from 'vitest';
import { TABLE_NAMES } from '../../src/adapters/tables/tables.ts';
import { QUEUES } from '../../src/contracts/queues.ts';
import { textOf } from './support/bicep.ts';
import { at, json, resourcesOf } from './support/templates.ts';

const [queues, ...otherQueues] = resourcesOf('Microsoft.ServiceBus/namespaces/queues');
const [tables, ...otherTables] = resourcesOf('Microsoft.Storage/storageAccounts/tableServices/tables');

describe('queues', () => {
  it('are those of the code, with every property', () => {
    expect(json('queues.json')).toEqual(QUEUES);
  });

  it('are made from that list, and no others', () => {
    expect(otherQueues).toEqual([]);
    expect(queues!.resource.over).toBe('queueSpecs');
    expect(textOf(queues!.template.variables.get('queueSpecs'))).toBe("loadJsonContent('../queues.json')");
    expect(textOf(at(queues!.resource.body, 'name'))).toBe('queue.name');
  });

  it.each([
    ['lockDuration', "'PT${queue.lockDurationSeconds / 60}M'"],
    ['maxDeliveryCount', 'queue.maxDeliveryCount'],
    ['requiresDuplicateDetection', 'queue.duplicateDetectionSeconds > 0'],
    [
      'duplicateDetectionHistoryTimeWindow',
      "queue.duplicateDetectionSeconds > 0 ? 'PT${queue.duplicateDetectionSeconds / 60}M' : null",
    ],
    ['defaultMessageTimeToLive', "'P${queue.defaultTimeToLiveSeconds / 86400}D'"],
    ['requiresSession', 'queue.requiresSession'],
    ['deadLetteringOnMessageExpiration', 'true'],
  ])('have %s', (property, expected) => {
    expect(textOf(at(queues!.resource.body, 'properties', property))).toBe(expected);
  });

  it('say nothing of which the code does not know', () => {
    const known = Object.keys(QUEUES[0]!);
    const read = [...queues!.template.root.text.matchAll(/queue\.(\w+)/g)].map(([, property]) => property);
    expect([...new Set(read)].sort()).toEqual(known.sort());
  });

  it('have times that whole minutes and days can say, within what Service Bus takes', () => {
    for (const queue of QUEUES) {
      const { name, lockDurationSeconds, duplicateDetectionSeconds, defaultTimeToLiveSeconds } = queue;
      expect([name, lockDurationSeconds % 60, duplicateDetectionSeconds % 60]).toEqual([name, 0, 0]);
      expect(defaultTimeToLiveSeconds % 86_400).toBe(0);
      expect(lockDurationSeconds).toBeLessThanOrEqual(300);
      expect(duplicateDetectionSeconds).toBeLessThanOrEqual(7 * 86_400);
      expect(name).toMatch(/^[a-z0-9][a-z0-9-]{0,259}$/);
    }
  });
});

describe('tables', () => {
  it('are those of the code', () => {
    expect(json('tables.json')).toEqual(TABLE_NAMES);
  });

  it('are made from that list, and no others', () => {
    expect(otherTables).toEqual([]);
    expect(tables!.resource.over).toBe('tableNames');
    expect(textOf(tables!.template.variables.get('tableNames'))).toBe("loadJsonContent('../tables.json')");
    expect(textOf(at(tables!.resource.body, 'name'))).toBe('table');
  });

  it('have names that Table Storage takes', () => {
    for (const name of TABLE_NAMES) expect(name).toMatch(/^[A-Za-z][A-Za-z0-9]{2,62}$/);
  });
});
