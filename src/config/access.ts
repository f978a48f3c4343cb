import { z } from 'zod';
import { Grant } from '../contracts/grant.ts';
import { API_KEYS_MAX, GRANTS_MAX } from '../contracts/limits.ts';
import { Role } from '../contracts/roles.ts';
import { list } from './list.ts';

const tenants = list
  .transform((ids) => ids.map((id) => id.toLowerCase()))
  .pipe(z.array(z.guid('must be tenant ids (GUIDs), separated by commas')).min(1));

const audiences = list.pipe(
  z.array(
    z
      .string()
      .regex(
        /^[\w.:/-]+$/,
        'must be what tokens are issued for, such as the client id of the registration in Entra ID',
      ),
  ),
);

const API_KEY = new RegExp(`^([a-z0-9-]{1,63})=(${Role.options.join('|')})=([0-9a-f]{64})$`);
const API_KEY_FORM = `must be NAME=ROLE=SHA256, separated by commas: a name of lower-case letters, digits and -, one of the roles ${Role.options.join(', ')}, and the SHA-256 of the key in lower-case hexadecimal`;

const apiKeys = list.pipe(z.array(z.string().regex(API_KEY, API_KEY_FORM)).max(API_KEYS_MAX)).transform((keys) =>
  keys.map((key) => {
    const [name = '', role, sha256 = ''] = key.split('=');
    return { name, role: Role.parse(role), sha256 };
  }),
);

const grants = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'must be JSON: a list of grants' });
      return z.NEVER;
    }
  })
  .pipe(z.array(Grant, 'must be a list of grants').max(GRANTS_MAX));

/** The settings that say who may call (docs/access.md). */
export const accessSettings = {
  /** `off`: nobody is asked who they are. Only in the local cloud. */
  FLOTILLA_AUTH: z.enum(['on', 'off'], 'must be on or off').default('on'),
  /** Tenants whose people and applications may come. */
  FLOTILLA_AUTH_TENANTS: tenants.optional(),
  /** What tokens must be issued for: without it, a token for anything else in the tenant would do. */
  FLOTILLA_AUTH_AUDIENCES: audiences.optional(),
  /** Who issues tokens of callers: the cloud's own sign-in, unless it says otherwise. */
  FLOTILLA_AUTH_AUTHORITY: z.url({
    protocol: /^https?$/,
    error: 'must be a URL, such as https://login.microsoftonline.com',
  }),
  /** `trusted`: the authentication of App Service may vouch for callers. */
  FLOTILLA_AUTH_EASY_AUTH: z.enum(['ignored', 'trusted'], 'must be ignored or trusted').default('ignored'),
  /** Set by the platform when its authentication is on. */
  WEBSITE_AUTH_ENABLED: z.string().optional(),
  /** Keys of machines. Only their hashes: whoever reads the settings cannot call. */
  FLOTILLA_API_KEYS: apiKeys.optional(),
  /** Who may change what; without it, roles alone decide. */
  FLOTILLA_GRANTS: grants.optional(),
};

type AccessConfig = z.infer<z.ZodObject<typeof accessSettings>> & { readonly FLOTILLA_ARM_ENDPOINT: string };

/** What is wrong with these settings together. */
export function accessProblems(config: AccessConfig): string[] {
  const { FLOTILLA_AUTH_TENANTS: tenantIds, FLOTILLA_AUTH_AUDIENCES: wanted } = config;
  const isBesideLocalCloud = isLocal(config.FLOTILLA_ARM_ENDPOINT);
  const isEasyAuth = config.FLOTILLA_AUTH_EASY_AUTH === 'trusted';
  const rules: readonly (readonly [boolean, string])[] = [
    [config.FLOTILLA_AUTH === 'off' && !isBesideLocalCloud, 'FLOTILLA_AUTH must be on outside the local cloud'],
    [
      config.FLOTILLA_AUTH_AUTHORITY.startsWith('http:') && !isBesideLocalCloud,
      'FLOTILLA_AUTH_AUTHORITY must be https:// outside the local cloud',
    ],
    [!wanted && tenantIds !== undefined, 'FLOTILLA_AUTH_AUDIENCES is not set, though FLOTILLA_AUTH_TENANTS is'],
    [!tenantIds && wanted !== undefined, 'FLOTILLA_AUTH_TENANTS is not set, though FLOTILLA_AUTH_AUDIENCES is'],
    [isEasyAuth && !tenantIds, 'FLOTILLA_AUTH_TENANTS is not set, though FLOTILLA_AUTH_EASY_AUTH is trusted'],
    [
      isEasyAuth && config.WEBSITE_AUTH_ENABLED?.toLowerCase() !== 'true',
      'FLOTILLA_AUTH_EASY_AUTH is trusted, but the authentication of App Service is off (WEBSITE_AUTH_ENABLED): then everybody could claim to be anybody',
    ],
  ];
  return rules.flatMap(([isBroken, problem]) => (isBroken ? [problem] : []));
}

/** The local cloud is on this very machine, and has no certificate. */
function isLocal(endpoint: string): boolean {
  const { protocol, hostname } = new URL(endpoint);
  return protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}
