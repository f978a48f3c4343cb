import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createClock } from '../../src/adapters/system/clock.ts';
import { createLog } from '../../src/adapters/system/log.ts';
import { QUEUES } from '../../src/contracts/queues.ts';
import { textOf, type Value } from './support/bicep.ts';
import { kqlErrors } from './support/kql.ts';
import { factsIn, LOGGED, messagesIn } from './support/logged.ts';
import { at, INFRA, resourcesOf, source, template } from './support/templates.ts';

const { variables } = template('modules/alerts.bicep');
const logAlerts = variables.get('logAlerts') as Record<string, Value>[];
const metricAlerts = variables.get('metricAlerts') as Record<string, Value>[];
const QUERIES = readdirSync(new URL('alerts/', INFRA)).map((file) => [file, source(`infra/alerts/${file}`)] as const);

/** Who says that a message of a queue died, and how. `requests` are left in their dead-letter queue for people. */
const DEATHS: Readonly<Record<string, readonly (readonly [file: string, message: string])[]>> = {
  requests: [],
  rollouts: [['src/app/dead-letters.ts', 'wake-up died']],
  operations: [
    ['src/app/dead-letters.ts', 'operation poisoned'],
    ['src/app/dead-letters.ts', 'dead letter is no operation'],
  ],
  sweeps: [['src/app/compliance/show-dead-shard.ts', 'shard of a sweep died']],
  revisions: [['src/app/definitions/show-dead-revision.ts', 'message about a revision died']],
  statuses: [['src/app/definitions/report-status.ts', 'commit status died']],
  notifications: [['src/app/notifications/deliver-notification.ts', 'notification died']],
};

describe('the queries of alerts', () => {
  it.each(QUERIES)('%s is sound', (_file, query) => {
    expect(kqlErrors(query)).toEqual([]);
  });

  it.each(QUERIES)('%s looks for what the application says', (_file, query) => {
    const messages = messagesIn(query);
    expect([...LOGGED.keys()]).toEqual(expect.arrayContaining(messages));
    expect(messages.length).toBeGreaterThan(0);
    const calls = messages.map((message) => LOGGED.get(message)).join('\n');
    for (const fact of factsIn(query)) expect(calls).toMatch(new RegExp(`[{,]\\s*${fact}\\s*[,:}]`));
  });

  it('read lines as the application writes them', () => {
    const lines: string[] = [];
    createLog(createClock(undefined), (line) => lines.push(line)).warn('said', { code: 'GraphThrottled' });
    expect(JSON.parse(lines[0]!)).toMatchObject({ message: 'said', level: 'warn', facts: { code: 'GraphThrottled' } });
    const read = QUERIES.flatMap(([, query]) => [...query.matchAll(/\bentry\.(\w+)/g)].map(([, field]) => field));
    expect([...new Set(read)].sort()).toEqual(['facts', 'message']);
  });

  it('are used by one alert each', () => {
    const used = logAlerts.map(({ query }) => /alerts\/([\w-]+\.kql)/.exec(textOf(query))?.[1]);
    expect(used.sort()).toEqual(QUERIES.map(([file]) => file).sort());
  });
});

describe('dead letters', () => {
  it('of every queue are told', () => {
    expect(Object.keys(DEATHS).sort()).toEqual(QUEUES.map(({ name }) => name).sort());
    const messages = Object.values(DEATHS).flat();
    for (const [file, message] of messages) expect(source(file)).toContain(`'${message}'`);
    const query = source('infra/alerts/dead-letters.kql');
    expect(messagesIn(query).sort()).toEqual(messages.map(([, message]) => message).sort());
  });

  it('that stay where they are raise an alert by the metric of each queue', () => {
    expect(metricAlerts[0]).toMatchObject({ metric: 'DeadletteredMessages', aggregation: 'Maximum', threshold: 0 });
    const [rule] = resourcesOf('Microsoft.Insights/metricAlerts');
    const criterion = at(rule?.resource.body, 'properties', 'criteria', 'allOf', 0);
    expect(at(criterion, 'dimensions')).toEqual([{ name: 'EntityName', operator: 'Include', values: ['*'] }]);
    expect(at(criterion, 'operator')).toBe('GreaterThan');
  });
});

describe('throttling', () => {
  it('of Azure Resource Manager is one line for each answer', () => {
    expect(messagesIn(source('infra/alerts/throttled.kql'))).toEqual(['azure throttled']);
    expect(LOGGED.get('azure throttled')).toContain('retryAfterMs');
  });

  it('of others is found by what the adapters call it', () => {
    for (const [file, code] of [
      ['src/adapters/resourcegraph/faults.ts', 'GraphThrottled'],
      ['src/adapters/policy/states.ts', 'PolicyThrottled'],
      ['src/adapters/host-faults.ts', 'HostThrottled'],
      ['src/adapters/keyvault/faults.ts', 'VaultThrottled'],
    ] as const) {
      expect(source(file)).toContain(`'${code}'`);
    }
    expect(source('infra/alerts/throttled.kql')).toMatch(/contains 'throttled'/);
  });
});

describe('the alerts', () => {
  /** In minutes: what log search alerts can be evaluated over (Azure Monitor, "Types of Azure Monitor alerts"). */
  const WINDOWS = [5, 10, 15, 30, 45, 60, 120, 180, 240, 300, 360, 1440, 2880];
  const minutes = (duration: Value | undefined): number => {
    const [, hours, rest] = /^PT(?:(\d+)H)?(?:(\d+)M)?$/.exec(textOf(duration))!;
    return Number(hours ?? 0) * 60 + Number(rest ?? 0);
  };

  it.each(logAlerts)('$name looks at times that Azure takes, and misses none', ({ every, window, severity }) => {
    expect(WINDOWS).toContain(minutes(window));
    expect(minutes(every)).toBeLessThanOrEqual(minutes(window));
    expect(severity).toBeGreaterThanOrEqual(0);
    expect(severity).toBeLessThanOrEqual(4);
  });

  it.each([...logAlerts, ...metricAlerts])('$name is explained to whoever it wakes', ({ name }) => {
    expect(source('docs/deploy.md')).toContain(`\`flotilla-${textOf(name)}\``);
    expect(source('docs/operations.md')).toContain(`\n### flotilla-${textOf(name)}\n`);
  });

  it('go where people want them', () => {
    const [log] = resourcesOf('Microsoft.Insights/scheduledQueryRules');
    const [metric] = resourcesOf('Microsoft.Insights/metricAlerts');
    expect(textOf(at(log?.resource.body, 'properties', 'actions', 'actionGroups'))).toBe('actionGroupIds');
    expect(textOf(at(metric?.resource.body, 'properties', 'actions'))).toBe(
      'map(actionGroupIds, id => { actionGroupId: id })',
    );
  });
});
