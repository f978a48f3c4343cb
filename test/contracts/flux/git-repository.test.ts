import { describe, expect, it } from 'vitest';
import { Configuration } from '../../../src/contracts/flux/configuration.ts';
import { base64, CERTIFICATE, COMMIT, git, KNOWN_HOST, problemsOf, sshGit, VAULT_SECRET, type Raw } from './raw.ts';

const ref = (repositoryRef: unknown) => git({ repositoryRef });
const secrets = (configurationProtectedSettings: Raw) => ({ configurationProtectedSettings });
const user = { httpsUser: 'deploy' };

describe('a Git source', () => {
  it.each([
    'https://git.example/org/repo',
    'http://git.local:8080/x.git',
    'ssh://git@git.example/org/repo',
    'ssh://git.example:2222/org/repo',
    'git@git.example:org/repo',
    'https://git.example/@scope/repo',
  ])('[git.url] may come from %s', (url) => {
    expect(problemsOf(git({ url }))).toEqual([]);
  });

  it.each([
    'ftp://git.example/r',
    'git.example/r',
    'https://git.example',
    'https:///r',
    'https://git.example/r#x',
    'me@git.example:r',
    'git@git.example',
    '/etc/passwd',
    '',
  ])('[git.url] may not come from %j', (url) => {
    expect(problemsOf(git({ url }))).toEqual([expect.stringMatching(/^gitRepository\.url: must be the URL of a repo/)]);
  });

  it.each([
    'https://user:hunter2@git.example/r',
    'https://hunter2@git.example/r',
    'http://a@b:hunter2@git.example/r',
    'ssh://git:hunter2@git.example/r',
    'https://git.example/r?token=hunter2',
  ])('[git.url] may not carry a secret: %s', (url) => {
    expect(problemsOf(git({ url }))).toEqual([expect.stringMatching(/must never stand in a request/)]);
    expect(problemsOf(git({ url })).join()).not.toContain('hunter2');
  });

  it.each([
    { branch: 'main' },
    { tag: 'v1' },
    { semver: '>=1.0 <2' },
    { branch: 'main', commit: COMMIT },
    { branch: 'main', commit: 'a'.repeat(64) },
    { branch: 'env/${cluster.tags.ring}' },
  ])('[git.repositoryRef] may follow %j', (repositoryRef) => {
    expect(problemsOf(ref(repositoryRef))).toEqual([]);
  });

  it.each([
    [{}, 'names no branch'],
    [{ branch: 'main', tag: 'v1' }, 'more than one'],
    [{ tag: 'v1', semver: '1' }, 'more than one'],
    [{ commit: COMMIT }, 'commit needs the branch'],
    [{ tag: 'v1', commit: COMMIT }, 'commit needs the branch'],
    [{ branch: 'main', commit: 'abc1234' }, 'full commit SHA'],
    [{ branch: 'main', commit: COMMIT.toUpperCase() }, 'full commit SHA'],
    [{ branch: '' }, '1 character'],
    [{ branch: 'main', name: 'x' }, 'name'],
    [undefined, 'undefined'],
  ])('[git.repositoryRef] may not follow %j', (repositoryRef, why) => {
    const problems = problemsOf(ref(repositoryRef));
    expect(problems.join()).toMatch(/^gitRepository\.repositoryRef/);
    expect(problems.join()).toContain(why);
  });

  it.each([
    ['plain text', `# a comment\n\n${KNOWN_HOST}\n`, base64(`# a comment\n\n${KNOWN_HOST}\n`)],
    ['base64', base64(KNOWN_HOST), base64(KNOWN_HOST)],
    ['base64 in lines', base64(KNOWN_HOST).replace(/(.{40})/g, '$1\n'), base64(KNOWN_HOST)],
    ['a hashed host', `|1|3q2+7w==|3q2+7w== ${KNOWN_HOST.slice(11)}`, expect.any(String)],
    ['several hosts and a port', `a.example,[b.example]:2222,!c.* ${KNOWN_HOST.slice(11)}`, expect.any(String)],
    ['a marker and a comment', `@cert-authority ${KNOWN_HOST} the host`, expect.any(String)],
  ])('[git.sshKnownHosts] takes %s and sends base64', (_what, sshKnownHosts, sent) => {
    expect(problemsOf(sshGit({ sshKnownHosts }))).toEqual([]);
    expect(Configuration.parse(sshGit({ sshKnownHosts })).gitRepository?.sshKnownHosts).toEqual(sent);
  });

  it.each([
    ['words', 'some words', 'no known_hosts entry in line 1'],
    ['one word', 'word', 'neither plain text nor base64'],
    ['nothing but comments', '# nothing here', 'holds no known_hosts entry'],
    ['a key of another type', KNOWN_HOST.replace('ssh-ed25519', 'ssh-rsa'), 'line 1'],
    ['a cut key', KNOWN_HOST.slice(0, -3), 'line 1'],
    ['a second line that is none', `${KNOWN_HOST}\nssh-ed25519 ${KNOWN_HOST.slice(23)}`, 'line 2'],
    ['an unknown marker', `@trusted ${KNOWN_HOST}`, 'line 1'],
    ['base64 of something else', base64('hello world'), 'line 1'],
    ['base64 of bytes that are no text', Buffer.from([0xff, 0xfe, 0x00]).toString('base64'), 'neither plain'],
    ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\n', 'holds a private key'],
  ])('[git.sshKnownHosts] refuses %s', (_what, sshKnownHosts, why) => {
    const problems = problemsOf(sshGit({ sshKnownHosts }));
    expect(problems).toEqual([expect.stringContaining(why)]);
    expect(problems.join()).not.toContain('hunter2');
  });

  it.each([
    ['PEM', CERTIFICATE, base64(CERTIFICATE)],
    ['base64 of PEM', base64(CERTIFICATE), base64(CERTIFICATE)],
    ['a bundle with comments', `# root\n${CERTIFICATE}\n# other\n${CERTIFICATE}`, expect.any(String)],
  ])('[git.httpsCACert] takes %s and sends base64', (_what, httpsCACert, sent) => {
    expect(Configuration.parse(git({ httpsCACert })).gitRepository?.httpsCACert).toEqual(sent);
  });

  it.each([
    ['words', 'some words', 'neither plain text nor base64'],
    ['base64 of words', base64('examplecertificate'), 'must be PEM certificates'],
    ['half a certificate', CERTIFICATE.slice(0, 200), 'must be PEM certificates'],
    ['a cut bundle', CERTIFICATE + CERTIFICATE.slice(0, 200), 'must be PEM certificates'],
    ['another kind', CERTIFICATE.replaceAll('CERTIFICATE', 'PUBLIC KEY'), 'must be PEM certificates'],
    ['armour without a certificate', '-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----', 'must be PEM'],
    ['a private key', CERTIFICATE.replaceAll('CERTIFICATE', 'PRIVATE KEY'), 'must never stand in a request'],
  ])('[git.httpsCACert] refuses %s', (_what, httpsCACert, why) => {
    expect(problemsOf(git({ httpsCACert }))).toEqual([expect.stringContaining(why)]);
  });

  it.each([
    ['azure', 'Azure'],
    ['Azure', 'Azure'],
    ['GITHUB', 'GitHub'],
    ['generic', 'Generic'],
  ])('[git.provider] %s is %s to the service', (provider, sent) => {
    expect(Configuration.parse(git({ provider })).gitRepository?.provider).toBe(sent);
  });

  it('[git.provider] is one of three', () => {
    expect(problemsOf(git({ provider: 'aws' }))).toEqual(['gitRepository.provider: must be Azure, GitHub or Generic']);
  });
});

const PAIR = secrets({ httpsKey: VAULT_SECRET });
const KEY = secrets({ sshPrivateKey: VAULT_SECRET });

describe('ways to authenticate that fit', () => {
  it.each([
    ['[git.url] a public repository', git()],
    ['[protected.sshPrivateKey] a key of the cluster', sshGit()],
    ['[protected.sshPrivateKey] an own key', sshGit({}, KEY)],
    ['[git.sshKnownHosts] an own key and known hosts', sshGit({ sshKnownHosts: KNOWN_HOST }, KEY)],
    ['[protected.httpsKey] user and key', git(user, PAIR)],
    ['[git.httpsCACert] user, key and an authority', git({ ...user, httpsCACert: CERTIFICATE }, PAIR)],
    ['[git.localAuthRef] a secret in the cluster', git({ localAuthRef: 'git-auth' })],
    ['[git.localAuthRef] the same over SSH', sshGit({ localAuthRef: 'git-auth' })],
    ['[git.provider] Azure DevOps', git({ provider: 'Azure' })],
    ['[git.provider] a GitHub App, whose key is in the cluster', git({ provider: 'GitHub', localAuthRef: 'app' })],
    ['[git.provider] Generic beside user and key', git({ ...user, provider: 'Generic' }, PAIR)],
    ['[configuration.configurationProtectedSettings] none, said in so many words', git({}, secrets({}))],
  ])('%s', (_what, raw) => {
    expect(problemsOf(raw)).toEqual([]);
  });
});

describe('ways to authenticate that do not fit', () => {
  it.each([
    ['[protected.sshPrivateKey] a key with HTTPS', git({}, KEY), ['configurationProtectedSettings.sshPrivateKey']],
    ['[git.sshKnownHosts] known hosts with HTTPS', git({ sshKnownHosts: KNOWN_HOST }), ['gitRepository.sshKnownHosts']],
    ['[git.httpsUser] a user without a key', git(user), ['gitRepository.httpsUser']],
    ['[protected.httpsKey] a key without a user', git({}, PAIR), ['configurationProtectedSettings.httpsKey']],
    [
      '[git.httpsUser] user and key with SSH',
      sshGit(user, PAIR),
      ['gitRepository.httpsUser', 'configurationProtectedSettings.httpsKey'],
    ],
    [
      '[git.localAuthRef] beside user and key',
      git({ ...user, localAuthRef: 'x' }, PAIR),
      ['gitRepository.localAuthRef'],
    ],
    ['[git.localAuthRef] beside an SSH key', sshGit({ localAuthRef: 'x' }, KEY), ['gitRepository.localAuthRef']],
    [
      '[git.localAuthRef] beside known hosts',
      sshGit({ localAuthRef: 'x', sshKnownHosts: KNOWN_HOST }),
      ['gitRepository.localAuthRef'],
    ],
    ['[git.provider] Azure beside user and key', git({ ...user, provider: 'azure' }, PAIR), ['gitRepository.provider']],
    [
      '[git.provider] GitHub beside user and key',
      git({ ...user, provider: 'github' }, PAIR),
      ['gitRepository.provider'],
    ],
    [
      '[git.provider] Azure beside a local secret',
      git({ provider: 'azure', localAuthRef: 'x' }),
      ['gitRepository.provider'],
    ],
    [
      '[git.provider] GitHub beside a key',
      git({ provider: 'github' }, PAIR),
      ['configurationProtectedSettings.httpsKey', 'gitRepository.provider'],
    ],
    ['[git.provider] Azure with SSH', sshGit({ provider: 'azure' }), ['gitRepository.provider']],
    [
      '[git.localAuthRef] a name that Kubernetes does not take',
      git({ localAuthRef: 'My_Secret' }),
      ['gitRepository.localAuthRef'],
    ],
    [
      '[protected.bucketSecretKey] of another kind',
      git({}, secrets({ bucketSecretKey: VAULT_SECRET })),
      ['configurationProtectedSettings.bucketSecretKey'],
    ],
  ])('%s', (_what, raw, fields) => {
    expect([...new Set(problemsOf(raw).map((problem) => problem.split(':')[0]))].sort()).toEqual([...fields].sort());
  });
});

it('all that is wrong with a source is told at once, single fields and what they have to agree on', () => {
  const raw = git({ url: 'x', syncInterval: '10mfoo', provider: 'azure', localAuthRef: 'A', httpsUser: 'me' }, PAIR);
  expect(problemsOf(raw).map((problem) => problem.split(':')[0])).toEqual([
    'gitRepository.url',
    'gitRepository.syncInterval',
    'gitRepository.localAuthRef',
    'gitRepository.httpsUser',
    'gitRepository.localAuthRef',
    'gitRepository.provider',
    'gitRepository.provider',
    'gitRepository.provider',
    'configurationProtectedSettings.httpsKey',
    'gitRepository.localAuthRef',
    'gitRepository.provider',
  ]);
});
