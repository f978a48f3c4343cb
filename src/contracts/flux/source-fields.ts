import { z } from 'zod';
import { FluxDuration } from '../duration.ts';
import { LITERAL_SECRET } from './field-problems.ts';
import { ObjectName } from './names.ts';

/** Fields that every kind of source has; the durations default to the service's ten minutes. */
export const sourceFields = {
  timeout: FluxDuration.default(600),
  syncInterval: FluxDuration.default(600),
  /** Kubernetes secret in the namespace of the configuration that holds the credentials; nothing of it passes through Azure. */
  localAuthRef: ObjectName.optional(),
};

/**
 * A URL of one of some forms. User info, and a query where tokens would stand, are refused as literal secrets (law 9); the
 * messages never repeat the URL.
 */
export function urlSchema(form: RegExp, wanted: string) {
  return z
    .string()
    .max(2048)
    .superRefine((url, ctx) => {
      const problem = urlSecret(url);
      if (problem !== undefined) ctx.addIssue({ code: 'custom', message: problem, params: LITERAL_SECRET });
      else if (!form.test(url)) ctx.addIssue({ code: 'custom', message: wanted });
    });
}

/** A user alone is no secret in SSH: `ssh://git@host` is how Git hosts are reached. */
function urlSecret(url: string): string | undefined {
  const userInfo = /^[a-z0-9+.-]+:\/\/([^/]*)@/i.exec(url)?.[1];
  if (userInfo !== undefined && (!url.startsWith('ssh://') || userInfo.includes(':'))) {
    return 'carries user info; a secret must never stand in a request: give credentials as a reference to a secret';
  }
  return url.includes('?')
    ? 'carries a query; a token must never stand in a request: give credentials as a reference to a secret'
    : undefined;
}

/** True for http:// and https://. Takes anything, since the URL may be wrong in itself. */
export function isHttp(url: unknown): boolean {
  return typeof url === 'string' && /^https?:\/\//.test(url);
}

/** Endpoint of an object store. */
export const EndpointUrl = urlSchema(/^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/, 'must be an https:// or http:// URL');
