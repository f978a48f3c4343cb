import { GitHostError, type GitHostAnswer, type GitHostRequest } from '../http.ts';
import type { Repositories } from '../repositories.ts';
import type { Repository } from '../repository.ts';
import { advertise, SERVICES } from './advertise.ts';
import { FLUSH } from './pkt-line.ts';
import { receivePack, type RefUpdate } from './receive-pack.ts';
import { uploadPack } from './upload-pack.ts';

/** Told of every ref that a push moved; `by` is who pushed, as far as known. */
export type OnPushed = (repository: Repository, updates: readonly RefUpdate[], by: string) => Promise<void>;

/** `GET /{owner}/{name}/info/refs?service=…`. A push to a repository that is not there makes it. */
export async function infoRefs(repositories: Repositories, { params, query }: GitHostRequest): Promise<GitHostAnswer> {
  const service = SERVICES.find((each) => each === query.get('service'));
  if (service === undefined) throw new GitHostError(403, 'Only the smart HTTP protocol is spoken here.');
  const { owner = '', name = '' } = params;
  const isPush = service === 'git-receive-pack';
  const repository = await (isPush ? repositories.findOrCreate(owner, name) : repositories.find(owner, name));
  const contentType = `application/x-${service}-advertisement`;
  return { status: 200, contentType, body: await advertise(repository, service) };
}

/** `POST /{owner}/{name}/git-upload-pack`: a round of a fetch. */
export async function fetchPack(repositories: Repositories, { params, body }: GitHostRequest): Promise<GitHostAnswer> {
  const repository = await repositories.find(params['owner'] ?? '', params['name'] ?? '');
  const answer = await checked(uploadPack(repository, body));
  return { status: 200, contentType: 'application/x-git-upload-pack-result', body: answer };
}

/** `POST /{owner}/{name}/git-receive-pack`: a push. */
export async function pushPack(
  repositories: Repositories,
  { params, body, authorization }: GitHostRequest,
  onPushed: OnPushed,
): Promise<GitHostAnswer> {
  const contentType = 'application/x-git-receive-pack-result';
  const repository = await repositories.find(params['owner'] ?? '', params['name'] ?? '');
  // Before a large push Git asks with an empty one whether it would be let in.
  if (body.equals(FLUSH)) return { status: 200, contentType, body: Buffer.alloc(0) };
  const { answer, updates } = await checked(receivePack(repository, body));
  await onPushed(repository, updates, userOf(authorization) ?? repository.owner);
  return { status: 200, contentType, body: answer };
}

async function checked<T>(answer: Promise<T>): Promise<T> {
  return answer.catch((error: unknown) => {
    throw error instanceof RangeError ? new GitHostError(400, `That is not Git's protocol: ${error.message}.`) : error;
  });
}

/** Nobody has to log in; whoever does is named in webhooks. */
function userOf(authorization: string | undefined): string | undefined {
  const credentials = /^Basic (.+)$/i.exec(authorization ?? '')?.[1];
  const user = Buffer.from(credentials ?? '', 'base64')
    .toString()
    .split(':')[0];
  return user === undefined || user === '' ? undefined : user;
}
