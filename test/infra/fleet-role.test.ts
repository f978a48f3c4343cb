import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createArm } from '../../src/adapters/arm/arm.ts';
import { createLocalCredential } from '../../src/adapters/arm/local-credential.ts';
import { createActivityLog } from '../../src/adapters/monitor/activity-log.ts';
import { createPolicy } from '../../src/adapters/policy/policy.ts';
import { createGraph } from '../../src/adapters/resourcegraph/graph.ts';
import { createClock } from '../../src/adapters/system/clock.ts';
import { startArmRecorder, type ArmRecorder } from './support/arm-recorder.ts';
import { textOf } from './support/bicep.ts';
import { CLUSTERS, FLUX, NEEDS, type Ports } from './support/fleet-needs.ts';
import { at, json, MAIN, resourcesOf, source, template } from './support/templates.ts';

interface FleetActions {
  readonly always: readonly string[];
  readonly remediation: readonly string[];
  readonly clusterWrites: readonly string[];
}

const { fleet } = json<{ readonly fleet: FleetActions }>('roles.json');

/** Azure lists both names for one right, and its refusals have shown both. */
const TWINS: Readonly<Record<string, string>> = {
  'Microsoft.PolicyInsights/policyStates/queryResults/read':
    'Microsoft.PolicyInsights/policyStates/queryResults/action',
  'Microsoft.PolicyInsights/policyStates/summarize/read': 'Microsoft.PolicyInsights/policyStates/summarize/action',
};

let recorder: ArmRecorder;
let ports: Ports;

beforeAll(async () => {
  recorder = await startArmRecorder();
  const { endpoint } = recorder;
  const options = { endpoint, credential: createLocalCredential(), clock: createClock(undefined) };
  ports = {
    arm: createArm(options),
    graph: createGraph(options),
    policy: createPolicy(options),
    activityLog: createActivityLog(options),
    endpoint,
  };
});
afterAll(() => recorder.close());

describe('each action of the fleet role', () => {
  it.each(NEEDS)('%s calls %s, which takes what is said', async (file, method, call, actions) => {
    expect(source(file)).toMatch(new RegExp(`\\b${method.replace('.', '\\.')}\\b`));
    await exhaust(call(ports));
    const asked = recorder.take().map((action) => action.toLowerCase());
    expect(asked.sort()).toEqual(actions.map((action) => action.toLowerCase()).sort());
  });

  it('is needed by one of these calls, and all that they need is in the role', () => {
    const needed = new Set(NEEDS.flatMap(([, , , actions]) => actions));
    const given = [...fleet.always, ...fleet.remediation].filter((action) => !(action in TWINS));
    expect(given.sort()).toEqual([...needed].sort());
  });

  it('that Azure knows by two names is given by both', () => {
    expect(fleet.always).toEqual(expect.arrayContaining(Object.entries(TWINS).flat()));
  });

  it('has a row for every method of the ports that reach Azure Resource Manager', () => {
    const { endpoint: _, ...reached } = ports;
    const methods = Object.entries(reached).flatMap(([port, made]) =>
      Object.keys(made).map((name) => `${port}.${name}`),
    );
    expect(NEEDS.map(([, method]) => method).sort()).toEqual(methods.sort());
  });

  it('to change remediation tasks is given apart, and nothing else is', () => {
    expect(fleet.remediation.every((action) => action.startsWith('Microsoft.PolicyInsights/remediations/'))).toBe(true);
    expect(fleet.always.filter((action) => action.includes('/remediations/'))).toEqual([]);
  });

  it('is spelt out: none has a wildcard, and nothing but Flux is written', () => {
    const all = [...fleet.always, ...fleet.remediation, ...fleet.clusterWrites];
    expect(all.filter((action) => action.includes('*'))).toEqual([]);
    const written = fleet.always.filter((action) => /\/(write|delete)$/.test(action));
    expect(written.filter((action) => !action.startsWith(`${FLUX}/`))).toEqual([]);
  });

  it('to write clusters is of the three types, and given on request only', () => {
    expect([...fleet.clusterWrites].sort()).toEqual(
      Object.values(CLUSTERS)
        .map((type) => `${type}/write`)
        .sort(),
    );
    expect(MAIN.params.get('allowClusterWrites')?.default).toBe(false);
    expect(MAIN.params.get('allowRemediation')?.default).toBe(false);
  });
});

describe('the role', () => {
  const definitions = resourcesOf('Microsoft.Authorization/roleDefinitions');

  it('is the same on a management group and on subscriptions', () => {
    expect(definitions.map(({ template: { file } }) => file)).toEqual([
      'fleet-access/management-group.bicep',
      'fleet-access/role-definition.bicep',
    ]);
    for (const { resource, template: where } of definitions) {
      expect(textOf(where.variables.get('actions'))).toBe("loadJsonContent('../roles.json').fleet");
      expect(textOf(at(resource.body, 'properties', 'permissions', 0, 'actions'))).toBe(
        'concat( actions.always, allowRemediation ? actions.remediation : [], allowClusterWrites ? actions.clusterWrites : [] )',
      );
      expect(Object.keys(at(resource.body, 'properties', 'permissions', 0)!)).toEqual(['actions']);
    }
  });

  it.each([
    ['fleet-access/management-group.bicep', 'managementGroup'],
    ['fleet-access/subscriptions.bicep', 'subscription'],
  ])('can be given by another team with %s, who needs to know the identity only', (file, scope) => {
    const { params, targetScope } = template(file);
    const needed = [...params.values()].filter((param) => param.default === undefined).map(({ name }) => name);
    expect(targetScope).toBe(scope);
    expect(needed.filter((name) => name !== 'subscriptionIds')).toEqual(['principalId']);
  });
});

async function exhaust(calling: Promise<unknown> | AsyncIterable<unknown>): Promise<void> {
  if (calling instanceof Promise) return void (await calling);
  for await (const _page of calling);
}
