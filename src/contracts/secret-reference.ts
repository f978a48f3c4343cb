import { z } from 'zod';
import { LITERAL_SECRET } from './flux/field-problems.ts';

/** `https://VAULT.vault.azure.net/secrets/NAME[/VERSION]`, in the public cloud or a sovereign one. */
const KEY_VAULT =
  /^https:\/\/[a-zA-Z0-9][a-zA-Z0-9-]{1,22}[a-zA-Z0-9]\.vault\.(azure\.net|azure\.cn|usgovcloudapi\.net)\/secrets\/[a-zA-Z0-9-]{1,127}(\/[0-9a-f]{32})?$/;
/** `env:NAME`, for the local cloud. */
const ENVIRONMENT = /^env:[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/** How a reference is written, for messages. */
export const SECRET_REFERENCE_FORM = 'https://VAULT.vault.azure.net/secrets/NAME (or env:NAME in the local cloud)';

const message = `must be a reference to a secret, never the secret: ${SECRET_REFERENCE_FORM}`;

/**
 * Where a secret stands; never the secret (law 9). The message shows the form and never what was sent, since that may be
 * the secret itself.
 */
export const SecretReference = z
  .string(message)
  .refine((text) => KEY_VAULT.test(text) || ENVIRONMENT.test(text), { message, params: LITERAL_SECRET })
  .describe('secret reference');
export type SecretReference = z.infer<typeof SecretReference>;
