import { describe, expect, it } from 'vitest';
import { parseRolloutRequest } from '../../src/app/parse-request.ts';
import { Refusal } from '../../src/contracts/errors.ts';
import { rawConfiguration, rawRequest } from '../core/clusters.ts';

function refusal(input: unknown): Refusal {
  try {
    parseRolloutRequest(input);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('accepted');
}

const configured = (changes: Record<string, unknown>) =>
  rawRequest({ change: { configurations: [rawConfiguration(changes)] } });
const git = (changes: Record<string, unknown>) =>
  configured({ gitRepository: { url: 'https://git.example/s', repositoryRef: { branch: 'main' }, ...changes } });
const staged = (...stages: unknown[]) => rawRequest({ strategy: { stages } });
const CONFIGURATION = 'change.configurations[0]';

/** What is wrong → where, and as what it is named. */
describe('a request that is refused', () => {
  it.each([
    ['nothing', undefined, '', 'InvalidType'],
    ['a text', 'rollout', '', 'InvalidType'],
    ['a list', [], '', 'InvalidType'],
    ['no name', rawRequest({ name: undefined }), 'name', 'InvalidType'],
    ['a bad name', rawRequest({ name: 'Shop!' }), 'name', 'InvalidValue'],
    ['an unknown field', rawRequest({ foo: 1 }), 'foo', 'UnknownField'],
    [
      'an unknown field deep inside',
      staged({ name: 'a', maxParallel: 3 }),
      'strategy.stages[0].maxParallel',
      'UnknownField',
    ],
    ['no stages', staged(), 'strategy.stages', 'InvalidValue'],
    ['two stages of one name', staged({ name: 'a' }, { name: 'a' }), 'strategy.stages[1].name', 'InvalidValue'],
    ['no concurrency', staged({ name: 'a', maxConcurrency: 0 }), 'strategy.stages[0].maxConcurrency', 'InvalidValue'],
    [
      'a percent too many',
      staged({ name: 'a', maxConcurrency: '101%' }),
      'strategy.stages[0].maxConcurrency',
      'InvalidValue',
    ],
    ['a soak that is no duration', staged({ name: 'a', soak: '500ms' }), 'strategy.stages[0].soak', 'InvalidValue'],
    [
      'a quorum of nobody',
      staged({ name: 'a', gates: { before: { approval: { quorum: 0 } } } }),
      'strategy.stages[0].gates.before.approval.quorum',
      'InvalidValue',
    ],
    [
      'a rollback, which is not offered',
      rawRequest({ strategy: { onBreach: 'rollback', stages: [{ name: 'a' }] } }),
      'strategy.onBreach',
      'InvalidValue',
    ],
    [
      'two configurations',
      rawRequest({ change: { configurations: [rawConfiguration(), rawConfiguration()] } }),
      'change.configurations',
      'InvalidValue',
    ],
    ['another source kind', configured({ sourceKind: 'Bucket' }), `${CONFIGURATION}.sourceKind`, 'InvalidValue'],
    [
      'a dependency that is not there',
      configured({ kustomizations: { a: { dependsOn: ['b'] } } }),
      `${CONFIGURATION}.kustomizations.a.dependsOn`,
      'InvalidValue',
    ],
    [
      'a literal SSH key',
      git({ sshPrivateKey: 'LS0t' }),
      `${CONFIGURATION}.gitRepository.sshPrivateKey`,
      'LiteralSecret',
    ],
    ['a literal password', git({ httpsKey: 'hunter2' }), `${CONFIGURATION}.gitRepository.httpsKey`, 'LiteralSecret'],
    [
      'protected settings',
      configured({ configurationProtectedSettings: { httpsKey: 'x' } }),
      `${CONFIGURATION}.configurationProtectedSettings`,
      'LiteralSecret',
    ],
    [
      'a secret in the URL',
      git({ url: 'https://me:hunter2@git.example/s' }),
      `${CONFIGURATION}.gitRepository.url`,
      'InvalidValue',
    ],
    [
      'an id that is none',
      rawRequest({ target: { selector: { ids: ['edge-1'] } } }),
      'target.selector.ids[0]',
      'InvalidValue',
    ],
    ['a bad offline policy', rawRequest({ target: { offline: 'wait' } }), 'target.offline', 'InvalidValue'],
  ])('for %s names field and code', (_what, input, field, code) => {
    const { status, code: overall, problems } = refusal(input);
    expect({ status, overall, problem: problems[0] }).toMatchObject({
      status: 400,
      overall: 'InvalidRolloutRequest',
      problem: { field, code },
    });
  });

  it('never repeats a secret', () => {
    const said = JSON.stringify(
      [
        refusal(git({ httpsKey: 'hunter2' })),
        refusal(git({ url: 'https://me:hunter2@git.example/s' })),
        refusal(configured({ configurationProtectedSettings: { httpsKey: 'hunter2' } })),
      ].map(({ message, problems }) => [message, problems]),
    );
    expect(said).not.toContain('hunter2');
  });

  it('names everything that is wrong, up to twenty things', () => {
    expect(
      refusal(rawRequest({ name: '', foo: 1, strategy: { stages: [] } }))
        .problems.map(({ field }) => field)
        .sort(),
    ).toEqual(['foo', 'name', 'strategy.stages']);
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`x${n}`, 1]));
    const { problems, message } = refusal(rawRequest(many));
    expect(problems).toHaveLength(20);
    expect(message).toContain('and 19 more');
  });

  it('says what each of several alternatives wanted', () => {
    expect(refusal(staged({ name: 'a', maxFailures: 'few' })).problems[0]?.detail).toContain('percent');
  });

  it('for its depth is refused before anything else is looked at', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    expect(refusal(deep).code).toBe('BodyTooDeep');
  });
});

it('accepts what the contract accepts, with defaults', () => {
  expect(parseRolloutRequest(rawRequest())).toMatchObject({ name: 'shop', strategy: { maxFailures: 0 } });
});
