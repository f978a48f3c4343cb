import { NO_OBJECT, type Repository } from '../repository.ts';
import { FLUSH, pktLine } from './pkt-line.ts';

/** The two services of Git's smart HTTP protocol: fetch and push. */
export const SERVICES = ['git-upload-pack', 'git-receive-pack'] as const;
export type Service = (typeof SERVICES)[number];

/**
 * What the host can do, in version 0 of the protocol: deltas are never asked for (`no-thin`, no `ofs-delta`), and a commit may be
 * asked for by its id as long as a ref leads to it, as at the public hosts.
 */
const CAPABILITIES: Readonly<Record<Service, readonly string[]>> = {
  'git-upload-pack': ['multi_ack_detailed', 'side-band-64k', 'allow-reachable-sha1-in-want'],
  'git-receive-pack': ['report-status', 'delete-refs', 'side-band-64k', 'no-thin'],
};

/** The answer to `info/refs`: every ref with what it points to, and what the service can do. */
export async function advertise(repository: Repository, service: Service): Promise<Buffer> {
  const branch = await repository.defaultBranch();
  const capabilities = [
    ...CAPABILITIES[service],
    'object-format=sha1',
    'agent=flotilla-local-git',
    ...(branch === undefined ? [] : [`symref=HEAD:${branch}`]),
  ];
  const lines = await refLines(repository, branch);
  const [first = `${NO_OBJECT} capabilities^{}`, ...others] = lines;
  const withCapabilities = `${first}\0${capabilities.join(' ')}`;
  return Buffer.concat([
    pktLine(`# service=${service}\n`),
    FLUSH,
    ...[withCapabilities, ...others].map((line) => pktLine(`${line}\n`)),
    FLUSH,
  ]);
}

async function refLines(repository: Repository, branch: string | undefined): Promise<string[]> {
  const lines: string[] = [];
  for (const { name, oid } of await repository.refs()) {
    if (name === branch) lines.unshift(`${oid} HEAD`);
    lines.push(`${oid} ${name}`);
    if (!name.startsWith('refs/tags/')) continue;
    const commit = await repository.peel(oid);
    if (commit !== oid) lines.push(`${commit} ${name}^{}`);
  }
  return lines;
}
