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
      'one configuration twice',
      rawRequest({ change: { configurations: [rawConfiguration(), rawConfiguration()] } }),
      'change.configurations[1].name',
      'InvalidValue',
    ],
    ['an action that there is not', configured({ action: 'patch' }), `${CONFIGURATION}.action`, 'InvalidValue'],
    ['a source of another kind', configured({ sourceKind: 'Bucket' }), `${CONFIGURATION}.bucket`, 'InvalidValue'],
    ['a kind that there is not', configured({ sourceKind: 'Svn' }), `${CONFIGURATION}.sourceKind`, 'InvalidValue'],
    [
      'a kustomization with a bad name',
      configured({ kustomizations: { 'A b': {} } }),
      `${CONFIGURATION}.kustomizations.A b`,
      'InvalidName',
    ],
    ['a text for a boolean', configured({ suspend: 'false' }), `${CONFIGURATION}.suspend`, 'InvalidType'],
    [
      'a dependency that is not there',
      configured({ kustomizations: { a: { dependsOn: ['b'] } } }),
      `${CONFIGURATION}.kustomizations.a.dependsOn`,
      'InvalidValue',
    ],
    [
      'an SSH key beside the source',
      git({ sshPrivateKey: 'LS0t' }),
      `${CONFIGURATION}.gitRepository.sshPrivateKey`,
      'LiteralSecret',
    ],
    [
      'a password beside the source',
      git({ httpsKey: 'hunter2' }),
      `${CONFIGURATION}.gitRepository.httpsKey`,
      'LiteralSecret',
    ],
    [
      'a secret under a name of its own',
      git({ git_password: 'hunter2' }),
      `${CONFIGURATION}.gitRepository.git_password`,
      'LiteralSecret',
    ],
    [
      'a protected setting in the open',
      configured({ configurationProtectedSettings: { httpsKey: 'hunter2' } }),
      `${CONFIGURATION}.configurationProtectedSettings.httpsKey`,
      'LiteralSecret',
    ],
    [
      'a protected setting of the extension in the open',
      rawRequest({ change: { extension: { configurationProtectedSettings: { token: 'hunter2' } } } }),
      'change.extension.configurationProtectedSettings.token',
      'LiteralSecret',
    ],
    [
      'a secret in the URL',
      git({ url: 'https://me:hunter2@git.example/s' }),
      `${CONFIGURATION}.gitRepository.url`,
      'LiteralSecret',
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

  it.each([
    ['beside the source', git({ httpsKey: 'hunter2' })],
    ['in the URL', git({ url: 'https://me:hunter2@git.example/s' })],
    ['in the URL of a field that is wrong anyway', git({ url: ['https://me:hunter2@git.example/s'] })],
    ['for a reference', configured({ configurationProtectedSettings: { httpsKey: 'hunter2' } })],
    ['for a reference, in another type', configured({ configurationProtectedSettings: { httpsKey: { hunter2: 1 } } })],
    ['for known hosts', git({ sshKnownHosts: 'hunter2' })],
    ['for a certificate', git({ httpsCACert: '-----BEGIN PRIVATE KEY-----hunter2' })],
    ['for a provider', git({ provider: 'hunter2' })],
    ['for a commit', git({ repositoryRef: { branch: 'main', commit: 'hunter2' } })],
    ['for an enum', configured({ scope: 'hunter2' })],
    ['for an action', configured({ action: 'hunter2' })],
    ['for a boolean', configured({ suspend: 'hunter2' })],
    ['for a duration', git({ timeout: 'hunter2' })],
    ['for a namespace', configured({ namespace: 'hunter2 ' })],
  ])('never repeats what was sent: %s', (_what, input) => {
    const { message, problems } = refusal(input);
    expect(problems.length).toBeGreaterThan(0);
    expect(JSON.stringify([message, problems])).not.toContain('hunter2');
  });

  it.each([
    [
      git({ httpsKey: 'x' }),
      'Give it as configurationProtectedSettings.httpsKey: https://VAULT.vault.azure.net/secrets/NAME',
    ],
    [git({ accountKey: 'x' }), 'Give it as azureBlob.accountKey: https://VAULT.vault.azure.net/secrets/NAME'],
    [git({ password: 'x' }), 'Give a reference where the contract has a field for it: https://VAULT.vault.azure.net'],
    [
      configured({ configurationProtectedSettings: { httpsKey: 'x' } }),
      'never the secret: https://VAULT.vault.azure.net',
    ],
  ])('shows where the reference to a secret goes, and how it is written: %#', (input, detail) => {
    expect(refusal(input).problems[0]?.detail).toContain(detail);
  });

  it.each([
    [rawRequest({ name: undefined }), 'is required (string)'],
    [rawRequest({ name: 5 }), 'must be a string'],
    [rawRequest({ name: null }), 'must be a string'],
    [configured({ configurationProtectedSettings: { httpsKey: 5 } }), 'must be a reference to a secret'],
    [configured({ kustomizations: { 'A b': {} } }), 'must be lower-case letters'],
    [configured({ action: 'patch' }), 'must be apply, edit, suspend, resume or remove'],
  ])('says what is missing and what is of another type: %#', (input, detail) => {
    expect(refusal(input).problems[0]?.detail).toContain(detail);
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
