import { z } from 'zod';
import { GitHostError, type GitHostAnswer, type GitHostRequest } from '../http.ts';
import type { Repositories } from '../repositories.ts';
import type { Repository } from '../repository.ts';
import type { Hooks, RepositoryHook } from './hooks.ts';
import { COMMIT_STATES, type CommitStatus, type CommitStatuses } from './statuses.ts';

/** What the API works on. */
export interface GiteaParts {
  readonly repositories: Repositories;
  readonly hooks: Hooks;
  readonly statuses: CommitStatuses;
  readonly origin: string;
  readonly nowIso: () => string;
}

const hookOption = z.object({
  type: z.enum(['gitea', 'forgejo']),
  config: z.object({ url: z.url(), content_type: z.literal('json'), secret: z.string().default('') }),
  events: z.array(z.string()).default(['push']),
  active: z.boolean().default(false),
});
const statusOption = z.object({
  state: z.enum(COMMIT_STATES),
  context: z.string().max(255).default('default'),
  description: z.string().max(255).default(''),
  target_url: z.string().max(2048).default(''),
});

/** `POST /api/v1/repos/{owner}/{name}/hooks` */
export async function createHook(parts: GiteaParts, request: GitHostRequest): Promise<GitHostAnswer> {
  const repository = await writable(parts, request);
  const { config, events, active } = parsed(hookOption, request.body);
  if (!isLoopback(config.url))
    throw new GitHostError(422, 'Webhooks of the local cloud go to loopback addresses only.');
  const { url, secret } = config;
  const hook = parts.hooks.add({ repository: repository.fullName, url, secret, events, isActive: active });
  return { status: 201, body: hookJson(hook) };
}

/** `GET /api/v1/repos/{owner}/{name}/hooks` */
export async function listHooks(parts: GiteaParts, { params }: GitHostRequest): Promise<GitHostAnswer> {
  const repository = await named(parts, params);
  return { status: 200, body: parts.hooks.of(repository.fullName).map(hookJson) };
}

/** `DELETE /api/v1/repos/{owner}/{name}/hooks/{id}` */
export async function deleteHook(parts: GiteaParts, request: GitHostRequest): Promise<GitHostAnswer> {
  const repository = await writable(parts, request);
  const wasThere = parts.hooks.remove(repository.fullName, Number(request.params['id']));
  if (!wasThere) throw new GitHostError(404, 'There is no such hook.');
  return { status: 204 };
}

/** `POST /api/v1/repos/{owner}/{name}/statuses/{sha}` */
export async function createStatus(parts: GiteaParts, request: GitHostRequest): Promise<GitHostAnswer> {
  const repository = await writable(parts, request);
  const sha = await commitOf(repository, request.params['sha'] ?? '');
  const { state, context, description, target_url: targetUrl } = parsed(statusOption, request.body);
  const given = { sha, state, context, description, targetUrl, createdAt: parts.nowIso() };
  const status = parts.statuses.add(repository.fullName, given);
  return { status: 201, body: statusJson(parts, repository, status) };
}

/** `GET /api/v1/repos/{owner}/{name}/statuses/{sha}` and `…/commits/{sha}/statuses`, newest first; `sha` may be a branch. */
export async function listStatuses(parts: GiteaParts, { params }: GitHostRequest): Promise<GitHostAnswer> {
  const repository = await named(parts, params);
  const sha = await commitOf(repository, params['sha'] ?? '');
  const statuses = parts.statuses.of(repository.fullName, sha);
  return { status: 200, body: statuses.map((status) => statusJson(parts, repository, status)) };
}

function named({ repositories }: GiteaParts, params: GitHostRequest['params']): Promise<Repository> {
  return repositories.find(params['owner'] ?? '', params['name'] ?? '');
}

/** Gitea wants a token for every change; any will do here. */
async function writable(parts: GiteaParts, { params, authorization }: GitHostRequest): Promise<Repository> {
  if (authorization === undefined || authorization === '') throw new GitHostError(401, 'token is required');
  return named(parts, params);
}

async function commitOf(repository: Repository, given: string): Promise<string> {
  const ref = (await repository.refs()).find(
    ({ name }) => name === `refs/heads/${given}` || name === `refs/tags/${given}`,
  );
  const commit = await repository.peel(ref?.oid ?? given).catch(() => undefined);
  if (commit === undefined) throw new GitHostError(404, `${repository.fullName} has no commit ${given}.`);
  return commit;
}

function parsed<Schema extends z.ZodType>(schema: Schema, body: Buffer): z.infer<Schema> {
  const read = z.string().transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'not JSON' });
      return z.NEVER;
    }
  });
  const result = read.pipe(schema).safeParse(body.toString());
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new GitHostError(422, problems.join('; '));
}

function isLoopback(url: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);
}

function hookJson({ id, url, events, isActive }: RepositoryHook): Record<string, unknown> {
  return { id, type: 'gitea', config: { content_type: 'json', url }, events, active: isActive };
}

function statusJson({ origin }: GiteaParts, repository: Repository, status: CommitStatus): Record<string, unknown> {
  const { id, sha, state, context, description, targetUrl, createdAt } = status;
  const url = `${origin}/api/v1/repos/${repository.fullName}/statuses/${sha}`;
  const times = { created_at: createdAt, updated_at: createdAt };
  return { id, status: state, context, description, target_url: targetUrl, url, ...times };
}
