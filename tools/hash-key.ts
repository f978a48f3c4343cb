import { AzureCliCredential, AzureDeveloperCliCredential, ChainedTokenCredential } from '@azure/identity';
import { z } from 'zod';
import { ensureHashKey } from './ensure-hash-key.ts';

/** Outputs of infra/main.bicep, which azd gives to its hooks; after `az deployment` they are given by hand. */
const Environment = z.object({
  FLOTILLA_ARM: z.url({ protocol: /^https$/ }),
  FLOTILLA_OWN_VAULT_ID: z.string().regex(/^\/subscriptions\/.+\/vaults\/[^/]+$/i, 'must be the id of a key vault'),
  FLOTILLA_APP_ID: z.string().regex(/^\/subscriptions\/.+\/sites\/[^/]+$/i, 'must be the id of a function app'),
});

/** Gives an installation the key of its hashes, as whoever is signed in to azd or the Azure CLI. */
async function main(): Promise<void> {
  const { data, error } = Environment.safeParse(process.env);
  if (data === undefined) {
    console.error(`Outputs of infra/main.bicep are missing or wrong:\n${z.prettifyError(error)}`);
    process.exitCode = 1;
    return;
  }
  const credential = new ChainedTokenCredential(new AzureDeveloperCliCredential(), new AzureCliCredential());
  const { FLOTILLA_ARM: arm, FLOTILLA_OWN_VAULT_ID: vaultId, FLOTILLA_APP_ID: appId } = data;
  const outcome = await ensureHashKey({ arm, vaultId, appId, credential });
  console.log(`The key of hashes was ${outcome}.`);
}

await main();
