import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { policyClaims } from '../../src/core/policy/claims.ts';
import { ancestorsOf } from '../../src/core/policy/scope.ts';
import type { PolicyState } from '../../src/ports/policy.ts';
import { remediationSuite } from './policy-remediations.ts';
import { BASELINE, EXTENSION, INITIATIVE, PUBLIC_GIT, valueOf, type PolicyWorld } from './policy-world.ts';

const GIT = { configurationName: 'base', repositoryUrl: 'https://git.example/org/base', repositoryRefBranch: 'main' };

/** What every implementation of `Policy` does. */
export function policySuite(open: () => Promise<PolicyWorld>): void {
  describe('Policy', () => {
    let world: PolicyWorld;
    beforeEach(async () => {
      world = await open();
    });
    afterEach(async () => world.close());

    describe('assignments', () => {
      it('of a subscription are its own, inherited ones and those below it, raw', async () => {
        const { policy, subscriptions, clusters, managementGroup, assign } = world;
        const own = `/subscriptions/${subscriptions[0]}`;
        const group = clusters[0].split('/providers/')[0]!;
        const selectors = [{ name: 'eu', selectors: [{ kind: 'resourceLocation', in: ['westeurope'] }] }];
        const overrides = [{ kind: 'policyEffect', value: 'Disabled' }];
        const ids = [
          await assign({ name: 'above', scope: managementGroup, definition: EXTENSION, notScopes: [group] }),
          await assign({ name: 'own', scope: own, definition: PUBLIC_GIT, parameters: GIT, overrides }),
          await assign({
            name: 'below',
            scope: group,
            definition: INITIATIVE,
            parameters: BASELINE,
            enforcementMode: 'DoNotEnforce',
            resourceSelectors: selectors,
          }),
        ];
        const elsewhere = `/subscriptions/${subscriptions[1]}`;
        await assign({ name: 'elsewhere', scope: elsewhere, definition: EXTENSION });
        const found = valueOf(await policy.assignments(subscriptions[0]));
        const plain = {
          notScopes: [],
          resourceSelectors: [],
          overrides: [],
          parameters: {},
          enforcementMode: 'Default',
        };
        const common = {
          ...plain,
          displayName: expect.any(String) as string,
          principalId: expect.any(String) as string,
        };
        expect([...found].sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id))).toEqual([
          { ...common, id: ids[0], scope: managementGroup, definitionId: EXTENSION, notScopes: [group] },
          { ...common, id: ids[1], scope: own, definitionId: PUBLIC_GIT, parameters: GIT, overrides },
          {
            ...common,
            id: ids[2],
            scope: group,
            definitionId: INITIATIVE,
            parameters: BASELINE,
            enforcementMode: 'DoNotEnforce',
            resourceSelectors: selectors,
          },
        ]);
      });

      it('may be none', async () => {
        expect(valueOf(await world.policy.assignments(world.subscriptions[0]))).toEqual([]);
        expect(valueOf(await world.policy.exemptions(world.subscriptions[0]))).toEqual([]);
      });
    });

    it('tells exemptions with what they cover, and for how long', async () => {
      const { policy, subscriptions, clusters, assign } = world;
      const scope = `/subscriptions/${subscriptions[0]}`;
      const assignmentId = await assign({
        name: 'own',
        scope,
        definition: INITIATIVE,
        parameters: BASELINE,
        exemptions: [
          { name: 'e1', scope: clusters[0], referenceIds: ['fluxBaseline'], expiresOn: '2031-01-02T03:04:05.000Z' },
          { name: 'e2', scope: clusters[1] },
        ],
      });
      const found = valueOf(await policy.exemptions(subscriptions[0]));
      const expiresAt = Date.parse('2031-01-02T03:04:05.000Z');
      expect(found).toHaveLength(2);
      expect(found).toEqual(
        expect.arrayContaining([
          { assignmentId, scope: clusters[0], referenceIds: ['fluxBaseline'], expiresAt },
          { assignmentId, scope: clusters[1], referenceIds: undefined, expiresAt: undefined },
        ]),
      );
      expect(valueOf(await policy.exemptions(subscriptions[1]))).toEqual([]);
    });

    describe('definitions', () => {
      it('come with the defaults of their parameters', async () => {
        const { parameterDefaults, ...rest } = valueOf(await world.policy.definition(PUBLIC_GIT))!;
        expect(rest).toEqual({ id: PUBLIC_GIT, displayName: expect.stringContaining('Git') as string });
        expect(parameterDefaults).toMatchObject({
          configurationNamespace: 'default',
          repositoryRefTag: '',
          kustomizationPrune: false,
          kustomizationTimeout: 600,
          effect: 'DeployIfNotExists',
        });
        expect(Object.keys(parameterDefaults)).not.toContain('configurationName');
      });

      it('of an initiative come with what is passed on to them', async () => {
        const set = valueOf(await world.policy.set(INITIATIVE))!;
        expect(set.id).toBe(INITIATIVE);
        expect(set.parameterDefaults).toEqual({
          baselineName: 'baseline',
          baselineBranch: 'main',
          effect: 'DeployIfNotExists',
        });
        expect(set.members.map(({ referenceId, definitionId }) => [referenceId, definitionId])).toEqual([
          ['fluxExtension', EXTENSION],
          ['fluxBaseline', PUBLIC_GIT],
        ]);
        expect(set.members[1]!.parameters).toMatchObject({
          configurationName: "[parameters('baselineName')]",
          kustomizationPrune: true,
        });
      });

      it('that are not there are undefined', async () => {
        const { policy } = world;
        expect(valueOf(await policy.definition(`${PUBLIC_GIT}0`))).toBeUndefined();
        expect(valueOf(await policy.set(`${INITIATIVE}0`))).toBeUndefined();
        expect(valueOf(await policy.definition(INITIATIVE))).toBeUndefined();
        expect(valueOf(await policy.set(PUBLIC_GIT))).toBeUndefined();
      });
    });

    it('tells enough to know what is wanted of a cluster', async () => {
      const { policy, subscriptions, clusters, managementGroup, assign } = world;
      await assign({ name: 'all', scope: managementGroup, definition: INITIATIVE, parameters: BASELINE });
      const assignments = valueOf(await policy.assignments(subscriptions[0]));
      const set = valueOf(await policy.set(assignments[0]!.definitionId))!;
      const definitions = await Promise.all(
        set.members.map(async ({ definitionId }) => valueOf(await policy.definition(definitionId))!),
      );
      const book = {
        assignments,
        definitions: new Map(definitions.map((each) => [each.id.toLowerCase(), each])),
        sets: new Map([[set.id.toLowerCase(), set]]),
        exemptions: valueOf(await policy.exemptions(subscriptions[0])),
        ancestors: ancestorsOf(assignments),
      };
      const cluster = { id: clusters[0], type: 'connectedClusters', location: 'westeurope' } as const;
      const claims = policyClaims(book, cluster, 0);
      expect(claims.map(({ referenceId }) => referenceId)).toEqual(['fluxExtension', 'fluxBaseline']);
      expect(claims[1]!.desired).toMatchObject({
        kind: 'configuration',
        name: 'baseline',
        effect: 'DeployIfNotExists',
        properties: { namespace: 'flux-baseline', gitRepository: { url: BASELINE.baselineUrl } },
      });
    });

    describe('states', () => {
      it('tell which clusters are not as assigned, member by member, and of one assignment only', async () => {
        const { policy, subscriptions, clusters, managementGroup, assign, settle } = world;
        const all = await assign({ name: 'all', scope: managementGroup, definition: INITIATIVE, parameters: BASELINE });
        const one = await assign({ name: 'one', scope: clusters[0], definition: PUBLIC_GIT, parameters: GIT });
        settle();
        const ofAll = await collect(policy.nonCompliant(subscriptions[0], all.toUpperCase()));
        for (const id of clusters) {
          const here = ofAll.filter(({ resourceId }) => resourceId.toLowerCase() === id.toLowerCase());
          expect(here.map(({ referenceId }) => referenceId?.toLowerCase()).sort()).toEqual([
            'fluxbaseline',
            'fluxextension',
          ]);
          expect(here.map(({ complianceState }) => complianceState)).toEqual(['NonCompliant', 'NonCompliant']);
          expect(here.every(({ at }) => Number.isFinite(at) && at > 0)).toBe(true);
        }
        const ofOne = await collect(policy.nonCompliant(subscriptions[0], one));
        expect(ofOne.map(({ resourceId }) => resourceId.toLowerCase())).toEqual([clusters[0].toLowerCase()]);
        expect(ofOne[0]!.referenceId).toBeUndefined();
        expect(ofOne[0]!.assignmentId.toLowerCase()).toBe(one.toLowerCase());
      });

      it('are none where nothing is assigned', async () => {
        const { policy, subscriptions, clusters, assign, settle } = world;
        const one = await assign({ name: 'one', scope: clusters[0], definition: PUBLIC_GIT, parameters: GIT });
        settle();
        expect(await collect(policy.nonCompliant(subscriptions[1], one))).toEqual([]);
        expect(await collect(policy.nonCompliant(subscriptions[0], `${one}-other`))).toEqual([]);
      });
    });

    it('counts the clusters of a subscription under one assignment', async () => {
      const { policy, subscriptions, clusters, assign, settle } = world;
      const scope = `/subscriptions/${subscriptions[0]}`;
      const all = await assign({ name: 'all', scope, definition: INITIATIVE, parameters: BASELINE });
      const one = await assign({ name: 'one', scope: clusters[0], definition: PUBLIC_GIT, parameters: GIT });
      settle();
      const states = await collect(policy.nonCompliant(subscriptions[0], all));
      const nonCompliant = new Set(states.map(({ resourceId }) => resourceId.toLowerCase())).size;
      expect(nonCompliant).toBeGreaterThanOrEqual(clusters.length);
      const none = { compliant: 0, nonCompliant: 0, exempt: 0, other: 0 };
      // A cluster counts once, though two members of the initiative say so.
      expect(valueOf(await policy.summary(subscriptions[0], all.toUpperCase()))).toEqual({ ...none, nonCompliant });
      expect(valueOf(await policy.summary(subscriptions[0], one))).toEqual({ ...none, nonCompliant: 1 });
      expect(valueOf(await policy.summary(subscriptions[1], all))).toEqual(none);
    });

    describe('an evaluation', () => {
      it('runs for a while, and is joined by whoever asks for it then', async () => {
        const { policy, subscriptions, settle } = world;
        const begun = valueOf(await policy.evaluate(subscriptions[0]));
        expect(begun).toEqual({ state: 'Running', operationUrl: expect.stringMatching(/^https:/) as string });
        expect(valueOf(await policy.evaluate(subscriptions[0]))).toEqual(begun);
        expect(valueOf(await policy.evaluation(begun.operationUrl!))).toBe('Running');
        settle();
        expect(valueOf(await policy.evaluation(begun.operationUrl!))).toBe('Succeeded');
      });

      it('that never was is not known', async () => {
        const { policy, subscriptions } = world;
        const { operationUrl } = valueOf(await policy.evaluate(subscriptions[0]));
        const other = operationUrl!.replace(subscriptions[0], subscriptions[1]);
        expect(valueOf(await policy.evaluation(other))).toBeUndefined();
      });
    });

    remediationSuite(() => world);
  });
}

async function collect(pages: AsyncIterable<readonly PolicyState[]>): Promise<PolicyState[]> {
  const all: PolicyState[] = [];
  for await (const page of pages) {
    expect(page.length).toBeGreaterThan(0);
    all.push(...page);
  }
  return all;
}
