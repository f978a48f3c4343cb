import { z } from 'zod';
import { Certificates, KnownHosts } from './encoded-text.ts';
import { EVEN_WITH_WRONG_FIELDS, report, type FieldProblem } from './field-problems.ts';
import { isHttp, sourceFields, urlSchema } from './source-fields.ts';

const RefText = z.string().min(1).max(250);

/** What Flux follows: one branch, tag or semver range. A commit pins it; the service wants the branch beside it. */
const GitRef = z
  .strictObject({
    branch: RefText.optional(),
    tag: RefText.optional(),
    semver: RefText.optional(),
    commit: z
      .string()
      .regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, 'must be a full commit SHA: 40 (or 64) lower-case hexadecimal digits')
      .optional(),
  })
  .superRefine((ref, ctx) => {
    const problem = refProblem(ref);
    if (problem !== undefined) ctx.addIssue({ code: 'custom', message: problem });
  });

function refProblem(ref: { branch?: string; tag?: string; semver?: string; commit?: string }): string | undefined {
  const moving = [ref.branch, ref.tag, ref.semver].filter((value) => value !== undefined).length;
  if (moving > 1) return 'names more than one of branch, tag and semver; keep one';
  if (ref.commit !== undefined && ref.branch === undefined) return 'commit needs the branch it is on beside it';
  if (moving === 0) return 'names no branch, tag, semver or commit; name one';
  return undefined;
}

/** Ways of Azure and GitHub to let a source be read, as the REST resource spells them. `Generic` is the default: none. */
export const GIT_PROVIDERS = ['Azure', 'GitHub', 'Generic'] as const;

/** In any case, as the CLI (lower) and the REST resource (as here) write it. */
const GitProvider = z.string().transform((text, ctx) => {
  const known = GIT_PROVIDERS.find((provider) => provider.toLowerCase() === text.toLowerCase());
  if (known !== undefined) return known;
  ctx.addIssue({ code: 'custom', message: 'must be Azure, GitHub or Generic' });
  return z.NEVER;
});

/** A Git source, as the `gitRepository` block of the REST resource. Keys stand in `configurationProtectedSettings`. */
export const GitRepository = z
  .strictObject({
    url: urlSchema(
      /^(https?:\/\/[^\s/?#@]+\/[^\s?#]+|ssh:\/\/([^\s/?#@:]+@)?[^\s/?#@]+\/[^\s?#]+|git@[^\s/?#@:]+[:/][^\s?#]+)$/,
      'must be the URL of a repository: https://, http://, ssh:// or git@host:path',
    ),
    repositoryRef: GitRef,
    ...sourceFields,
    sshKnownHosts: KnownHosts.optional(),
    /** Plain text in Azure, and shown by it; the key to it is a secret. */
    httpsUser: z.string().min(1).max(256).optional(),
    httpsCACert: Certificates.optional(),
    provider: GitProvider.optional(),
  })
  .superRefine((git, ctx) => report(ctx, gitProblems(git)), EVEN_WITH_WRONG_FIELDS);
export type GitRepository = z.infer<typeof GitRepository>;

function gitProblems({
  url,
  sshKnownHosts,
  httpsUser,
  localAuthRef,
  provider,
}: Partial<GitRepository>): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const add = (field: string, message: string) => problems.push({ path: [field], message });
  if (sshKnownHosts !== undefined && isHttp(url)) add('sshKnownHosts', 'is for SSH; the url is HTTP(S)');
  if (httpsUser !== undefined && url !== undefined && !isHttp(url)) add('httpsUser', 'is for HTTPS; the url is SSH');
  if (localAuthRef !== undefined && (httpsUser !== undefined || sshKnownHosts !== undefined)) {
    add('localAuthRef', 'cannot stand beside httpsUser or sshKnownHosts: the secret in the cluster holds them');
  }
  if (provider !== 'Azure' && provider !== 'GitHub') return problems;
  if (httpsUser !== undefined) add('provider', `${provider} brings its own credentials; leave httpsUser out`);
  if (provider === 'Azure' && localAuthRef !== undefined) {
    add('provider', 'Azure uses the identity of the cluster; leave localAuthRef out');
  }
  if (url !== undefined && !isHttp(url)) add('provider', `${provider} works over HTTPS only`);
  return problems;
}
