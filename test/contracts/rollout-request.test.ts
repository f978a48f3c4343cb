import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { RolloutRequest } from '../../src/contracts/rollout-request.ts';
import { rawRequest } from '../core/clusters.ts';

const EXAMPLE = `
name: podinfo
target:
  selector:
    types: [connectedClusters, managedClusters]
    tags: { env: prod, ring: [canary, early, main] }
  exclude: { names: ["*-sandbox"] }
  offline: defer
  deferFor: 24h
change:
  extension: {}
  configurations:
    - name: cluster-config
      namespace: cluster-config
      sourceKind: GitRepository
      gitRepository:
        url: https://github.com/Azure/gitops-flux2-kustomize-helm-mt
        repositoryRef: { branch: main, commit: 4f1bdad4d0a54b939a5e3d52c51464f67e474fcf }
        syncInterval: 10m
      kustomizations:
        infra: { path: ./infrastructure, prune: true }
        apps: { path: "./apps/\${cluster.tags.ring}", prune: true, dependsOn: [infra] }
strategy:
  maxFailures: 5%
  progressDeadline: PT15M
  stages:
    - { name: canary, selector: { tags: { ring: canary } }, maxConcurrency: 1, maxFailures: 0, soak: 30m }
    - { name: early, selector: { tags: { ring: early } }, maxConcurrency: 10, gates: { before: { approval: { expiresAfter: 24h } } } }
    - { name: everyone, maxConcurrency: 25% }
`;

const examples = new URL('../../examples/podinfo.yaml', import.meta.url);

describe('a rollout request', () => {
  it('is what a platform team writes', () => {
    const request = RolloutRequest.parse(parse(EXAMPLE));
    expect(request.target).toMatchObject({ offline: 'defer', deferFor: 86_400, unmatched: 'error' });
    expect(request.strategy).toMatchObject({
      maxConcurrency: 1,
      maxFailures: '5%',
      onBreach: 'halt',
      progressDeadline: 900,
    });
    expect(request.strategy.stages).toMatchObject([
      { name: 'canary', soak: 1800, gates: {} },
      {
        name: 'early',
        gates: { before: { approval: { quorum: 1, requesterMayApprove: false, expiresAfter: 86_400 } } },
      },
      { name: 'everyone', maxConcurrency: '25%', soak: 0 },
    ]);
  });

  it.runIf(existsSync(examples))('is what the example in the repository holds', () => {
    expect(RolloutRequest.safeParse(parse(readFileSync(examples, 'utf8'))).error).toBeUndefined();
  });

  it('gets defaults for everything but a name, a configuration and a stage', () => {
    expect(RolloutRequest.parse(rawRequest())).toMatchObject({
      target: { selector: {}, offline: 'defer', deferFor: 86_400, unmatched: 'error' },
      change: { fluxV1: 'keep', configurations: [{ action: 'apply', replace: false }] },
      strategy: {
        maxConcurrency: 1,
        maxFailures: 0,
        onBreach: 'halt',
        progressDeadline: 900,
        stages: [{ soak: 0, gates: {} }],
      },
    });
  });

  it('gives the same when its output is parsed again', () => {
    const stage = fc.record(
      {
        maxConcurrency: fc.constantFrom(1, 10, '1%', '25%'),
        maxFailures: fc.constantFrom(0, 3, '0%', '10%'),
        soak: fc.constantFrom(0, '30m', 'PT1H', 60),
        progressDeadline: fc.constantFrom('15m', 900),
        gates: fc.constantFrom(
          {},
          { before: {} },
          { after: { approval: { quorum: 2 } } },
          { before: { approval: { expiresAfter: '1d'.replace('1d', 'P1D') } } },
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(stage, { minLength: 1, maxLength: 4 }), (stages) => {
        const strategy = { stages: stages.map((one, n) => ({ name: `s${n}`, ...one })) };
        const once = RolloutRequest.parse(rawRequest({ strategy }));
        expect(RolloutRequest.parse(once)).toEqual(once);
        expect(RolloutRequest.parse(JSON.parse(JSON.stringify(once)))).toEqual(once);
      }),
    );
  });
});
