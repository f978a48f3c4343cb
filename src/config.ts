import { z } from 'zod';
import { accessProblems, accessSettings } from './config/access.ts';
import { cloudDefaults, cloudProblems, cloudSettings } from './config/clouds.ts';
import { list } from './config/list.ts';
import { telemetrySettings } from './config/telemetry.ts';
import { SECRET_REFERENCE_FORM, SecretReference } from './contracts/secret-reference.ts';

const subscriptions = list
  .transform((ids) => ids.map((id) => id.toLowerCase()))
  .pipe(z.array(z.guid('must be subscription ids, separated by commas')).min(1));

const clock = z
  .string()
  .regex(/^\d+(\.\d+)?@\d+$/, 'must be SPEED@ORIGIN_MS')
  .transform((text) => text.split('@').map(Number))
  .transform(([speed = 1, originMs = 0]) => ({ speed, originMs }));

const keyVaults = list
  .transform((hosts) => hosts.map((host) => host.toLowerCase()))
  .pipe(
    z.array(
      z
        .string()
        .regex(
          /^[a-z0-9-]+\.vault\.(azure\.net|azure\.cn|usgovcloudapi\.net)$/,
          'must be host names of key vaults, such as kv-flotilla.vault.azure.net, separated by commas',
        ),
    ),
  );

const fluxApiVersions = list
  .pipe(
    z.array(
      z
        .string()
        .regex(
          /^(GitRepository|Bucket|AzureBlob|OCIRepository)=\d{4}-\d{2}-\d{2}(-preview)?$/,
          'must be KIND=API-VERSION, such as OCIRepository=2025-04-01, separated by commas',
        ),
    ),
  )
  .transform((pairs) =>
    Object.fromEntries(
      pairs.map((pair) => {
        const [kind = '', version = ''] = pair.split('=');
        return [kind, version] as const;
      }),
    ),
  );

/** Public hosts of Git, and those under which Azure DevOps keeps older organisations. */
const PUBLIC_GIT_HOSTS =
  'github.com, gitlab.com, bitbucket.org, dev.azure.com, *.visualstudio.com, codeberg.org, gitea.com';

const gitHosts = list
  .transform((hosts) => hosts.map((host) => host.toLowerCase()))
  .pipe(
    z.array(
      z
        .string()
        .regex(
          /^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{1,5})?$/,
          'must be host names, such as git.contoso.com, git.contoso.com:8443 or *.contoso.com, separated by commas',
        ),
    ),
  );

const isReference = (text: string): boolean => SecretReference.safeParse(text).success;

const receiver = z.string().refine((text) => isReference(text) || (/^https?:\/\//.test(text) && URL.canParse(text)), {
  message: `must be a https:// URL, or a reference to a secret that holds one: ${SECRET_REFERENCE_FORM}`,
});

const signingKey = z.string().refine(isReference, {
  message: `must be a reference to a secret, never the key: ${SECRET_REFERENCE_FORM}`,
});

/**
 * Every setting the application reads, by its name in the environment. `local.settings.sample.json` has the same names (a
 * test compares them). `ServiceBus…` and `Tables…` follow the connection convention of Azure Functions: a connection
 * string for emulators, a name for identity-based access.
 */
export const Settings = z.object({
  FLOTILLA_SUBSCRIPTIONS: subscriptions,
  ...cloudSettings,
  /** Where the cloud has it, unless it says otherwise. */
  FLOTILLA_ARM_ENDPOINT: z.url({ protocol: /^https?$/, error: 'must be a URL, such as https://management.azure.com' }),
  /** Key of the hashes that tell whether a secret was rotated. Another key costs one write more for each of them. */
  FLOTILLA_HASH_KEY: z.string().min(32, 'must have at least 32 characters'),
  /** Vaults whose secrets a rollout may carry to clusters; without it, none. */
  FLOTILLA_KEY_VAULTS: keyVaults.optional(),
  /** Overrides of the api-version that a kind of source is written with: sovereign clouds get new ones late. */
  FLOTILLA_FLUX_API_VERSIONS: fluxApiVersions.optional(),
  /** Hosts that may be asked for refs and told the status of commits. */
  FLOTILLA_GIT_HOSTS: gitHosts.prefault(PUBLIC_GIT_HOSTS),
  /** Where links in commit statuses lead; without it, to the name that the platform gave the site. */
  FLOTILLA_PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'must be a URL, such as https://flotilla.contoso.com' })
    .optional(),
  /** Set by the platform. */
  WEBSITE_HOSTNAME: z.string().min(1).optional(),
  /** Where events are POSTed; without it, nobody is told. */
  FLOTILLA_NOTIFY_URL: receiver.optional(),
  /** Key that events are signed with; without it they are not. */
  FLOTILLA_NOTIFY_KEY: signingKey.optional(),
  ...accessSettings,
  ...telemetrySettings,
  FLOTILLA_CLOCK: clock.optional(),
  ServiceBus: z.string().min(1).optional(),
  ServiceBus__fullyQualifiedNamespace: z.string().min(1).optional(),
  Tables: z.string().min(1).optional(),
  Tables__endpoint: z.url({ protocol: /^https$/, error: 'must be a https:// URL' }).optional(),
  AZURE_CLIENT_ID: z.guid('must be the client id of the managed identity').optional(),
});

/** The typed configuration of one process. */
export type Config = z.infer<typeof Settings>;

/** Reads the configuration. Throws one error that names every setting that is missing or wrong, and never a value. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.keys(Settings.shape).flatMap((key) => {
      const value = environment[key];
      // An unset app setting often arrives as an empty one.
      return value === undefined || value === '' ? [] : [[key, value]];
    }),
  );
  const parsed = Settings.safeParse({ ...cloudDefaults(given), ...given });
  const issues = parsed.success
    ? problemsTogether(parsed.data)
    : parsed.error.issues.map(
        ({ path, message }) => `${path.join('.')} ${message.endsWith('received undefined') ? 'is not set' : message}`,
      );
  issues.push(...missingPairs(given), ...cloudProblems(given));
  const unresolved = Object.entries(given).filter(([, value]) => value.startsWith('@Microsoft.KeyVault('));
  issues.push(...unresolved.map(([key]) => `${key} is an unresolved Key Vault reference`));
  if (!parsed.success || issues.length > 0) throw new Error(`Settings are wrong: ${issues.join('; ')}.`);
  return parsed.data;
}

/** What is needed together, whether the rest can be read or not. */
function missingPairs(given: Readonly<Record<string, string>>): string[] {
  const missing: string[] = [];
  if (!given['ServiceBus'] && !given['ServiceBus__fullyQualifiedNamespace']) {
    missing.push('ServiceBus__fullyQualifiedNamespace (or ServiceBus, a connection string) is not set');
  }
  if (!given['Tables'] && !given['Tables__endpoint'])
    missing.push('Tables__endpoint (or Tables, a connection string) is not set');
  if (given['FLOTILLA_NOTIFY_KEY'] && !given['FLOTILLA_NOTIFY_URL']) {
    missing.push('FLOTILLA_NOTIFY_URL is not set, though FLOTILLA_NOTIFY_KEY is');
  }
  return missing;
}

/** What is wrong with settings together, each of which can be read. */
function problemsTogether(config: Config): string[] {
  const problems = accessProblems(config);
  if (config.FLOTILLA_NOTIFY_URL?.startsWith('http:') && !config.FLOTILLA_ARM_ENDPOINT.startsWith('http:')) {
    problems.push('FLOTILLA_NOTIFY_URL must be https:// outside the local cloud');
  }
  return problems;
}
