import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Endpoints } from './cloud.ts';

/** What `.local/endpoints.json` holds, for tools and people who want to talk to a local cloud that runs. */
export interface EndpointsFile extends Endpoints {
  readonly pid: number;
  /** API keys by role, when the API asks who calls. */
  readonly keys?: Readonly<Record<string, string>> | undefined;
  /** Where to get a token then: `<tokens>?role=Operator&name=anna`. */
  readonly tokens?: string | undefined;
}

const owner = z.object({ pid: z.int().positive() });

/**
 * Writes `endpoints.json` into the folder, or `endpoints-<pid>.json` while another local cloud that lives has the first.
 *
 * @returns a function that removes the file again.
 */
export function writeEndpoints(folder: string, content: EndpointsFile): () => void {
  mkdirSync(folder, { recursive: true });
  const own = path.join(folder, `endpoints-${content.pid}.json`);
  // Keys and connection strings: for this user only.
  writeFileSync(own, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 });
  const shared = path.join(folder, 'endpoints.json');
  const file = claim(own, shared) ? shared : own;
  if (file === shared) rmSync(own);
  return () => rmSync(file, { force: true });
}

/** A link is made whole or not at all, so of two that start at once one gets the name. */
function claim(own: string, shared: string): boolean {
  if (link(own, shared)) return true;
  if (isOwnerAlive(shared)) return false;
  rmSync(shared, { force: true });
  return link(own, shared);
}

function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch {
    return false;
  }
}

function isOwnerAlive(file: string): boolean {
  try {
    const { pid } = owner.parse(JSON.parse(readFileSync(file, 'utf8')));
    return isAlive(pid);
  } catch {
    return false;
  }
}

/** Signal 0 asks only whether the process is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
