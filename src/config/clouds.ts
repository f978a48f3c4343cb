import { z } from 'zod';

/** Clouds of Azure that are separate from each other: identities, hosts and tokens of one mean nothing in another. */
const Cloud = z.enum(['public', 'usgovernment', 'china'], 'must be public, usgovernment or china');
type Cloud = z.infer<typeof Cloud>;

interface CloudFacts {
  /** Azure Resource Manager; its tokens are issued for the same address. */
  readonly arm: string;
  /** Where our own tokens come from (`AzureAuthorityHosts` of @azure/identity). */
  readonly authority: string;
  /** Ends of host names that only this cloud has: of Resource Manager, sign-in, Key Vault, Service Bus, tables (`az cloud show`). */
  readonly domains: readonly string[];
}

const CLOUDS: Readonly<Record<Cloud, CloudFacts>> = {
  public: {
    arm: 'https://management.azure.com',
    authority: 'https://login.microsoftonline.com',
    domains: ['azure.com', 'microsoftonline.com', 'azure.net', 'windows.net'],
  },
  usgovernment: {
    arm: 'https://management.usgovcloudapi.net',
    authority: 'https://login.microsoftonline.us',
    domains: ['usgovcloudapi.net', 'microsoftonline.us'],
  },
  china: {
    arm: 'https://management.chinacloudapi.cn',
    authority: 'https://login.chinacloudapi.cn',
    domains: ['chinacloudapi.cn', 'microsoftonline.cn', 'azure.cn'],
  },
};

/** The setting that says which cloud this is. */
export const cloudSettings = { FLOTILLA_CLOUD: Cloud.default('public') };

/** Values of settings as the environment has them. */
type Given = Readonly<Record<string, string>>;

/** Where the present cloud is, for settings that say nothing else. */
export function cloudDefaults(given: Given): Given {
  const { arm, authority } = CLOUDS[cloudOf(given)];
  return { FLOTILLA_ARM_ENDPOINT: arm, FLOTILLA_AUTH_AUTHORITY: authority };
}

/** Where credentials of a cloud get their tokens. */
export function authorityOf(cloud: Cloud): string {
  return CLOUDS[cloud].authority;
}

/** Settings that name hosts, one or several of them. */
const WITH_HOSTS = [
  'FLOTILLA_ARM_ENDPOINT',
  'FLOTILLA_AUTH_AUTHORITY',
  'FLOTILLA_KEY_VAULTS',
  'FLOTILLA_NOTIFY_KEY',
  'ServiceBus__fullyQualifiedNamespace',
  'Tables__endpoint',
];

/** Settings that lead into another cloud. Hosts that belong to none, such as those of the local cloud, are left to who names them. */
export function cloudProblems(given: Given): string[] {
  const cloud = cloudOf(given);
  return WITH_HOSTS.flatMap((name) => {
    const strays = (given[name] ?? '').split(',').flatMap((part) => strayCloud(hostOf(part.trim()), cloud));
    const [first] = strays;
    return first === undefined ? [] : [`${name} leads into the cloud ${first}, but FLOTILLA_CLOUD is ${cloud}`];
  });
}

function cloudOf(given: Given): Cloud {
  const parsed = Cloud.safeParse(given['FLOTILLA_CLOUD']);
  return parsed.success ? parsed.data : 'public';
}

function strayCloud(host: string, expected: Cloud): Cloud[] {
  return Cloud.options.filter(
    (cloud) => cloud !== expected && CLOUDS[cloud].domains.some((domain) => `.${host}`.endsWith(`.${domain}`)),
  );
}

/** Of a URL, or what is a host already. */
function hostOf(text: string): string {
  return (URL.canParse(text) ? new URL(text).hostname : text).toLowerCase();
}
