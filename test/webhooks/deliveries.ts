import { createHmac } from 'node:crypto';
import { expect } from 'vitest';
import { Refusal } from '../../src/contracts/errors.ts';
import { Push } from '../../src/contracts/push.ts';
import type { FieldMapping } from '../../src/contracts/webhook.ts';
import type { Provider, RawDelivery, Translated } from '../../src/webhooks/provider.ts';

export const SECRET = 'a secret of at least thirty-two bytes';
export const NOW = Date.parse('2026-03-01T09:01:00Z');
export const ZEROS = '0'.repeat(40);
/** What the fixtures push: from A to B. */
export const A = 'a1'.repeat(20);
export const B = 'b2'.repeat(20);
export const DIGEST = `sha256:${'d'.repeat(64)}`;

/** A delivery as it would come in; a body that is no text is sent as JSON. */
export function deliveryOf(headers: Readonly<Record<string, string>>, body: unknown = '', now = NOW): RawDelivery {
  const bytes = body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return { header: (name) => headers[name], body: bytes, now };
}

export function hmacHex(secret: string, body: Uint8Array): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

export function translate(
  provider: Provider,
  headers: Readonly<Record<string, string>>,
  body: unknown,
  mapping?: FieldMapping,
): Translated {
  return provider.translate(deliveryOf(headers, body), body, mapping);
}

/** The pushes that a body is translated into, as they are stored; each is as the contract has it. */
export function pushesOf(
  provider: Provider,
  headers: Readonly<Record<string, string>>,
  body: unknown,
  mapping?: FieldMapping,
): Push[] {
  const translated = translate(provider, headers, body, mapping);
  if (translated.kind !== 'pushes') throw new Error(`is ${translated.kind}: ${translated.detail}`);
  expect(translated.detail.length).toBeLessThan(1000);
  return translated.pushes.map((push) => Push.parse(JSON.parse(JSON.stringify(push))));
}

/** The field that a body is refused for. */
export function refusedField(call: () => unknown): string | undefined {
  try {
    call();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    expect(error).toMatchObject({ status: 400, code: 'InvalidDelivery', problems: [] });
    expect(error.message.length).toBeLessThan(160);
    return error.message.split(': ', 1)[0]!.replace('The body', '');
  }
  return undefined;
}

/** Commits that list `count` files each, as GitHub, GitLab and Gitea do. */
export function commitsOf(
  commits: number,
  count: number,
): { added: string[]; removed: string[]; modified: string[] }[] {
  return Array.from({ length: commits }, (_, commit) => {
    const modified = Array.from({ length: count }, (_file, file) => `apps/${commit}/${file}.yaml`);
    return { added: [], removed: [], modified };
  });
}
