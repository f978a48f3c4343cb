import type { ProviderName } from '../contracts/webhook.ts';
import { acr } from './acr.ts';
import { azureDevOps } from './azure-devops.ts';
import { bitbucketServer } from './bitbucket-server.ts';
import { bitbucket } from './bitbucket.ts';
import { flux } from './flux.ts';
import { generic } from './generic.ts';
import { gitea } from './gitea.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { oci } from './oci.ts';
import type { Provider } from './provider.ts';

/** Everybody who sends deliveries, by the name in the route. */
export const PROVIDERS: Readonly<Record<ProviderName, Provider>> = {
  github,
  gitlab,
  bitbucket,
  'bitbucket-server': bitbucketServer,
  'azure-devops': azureDevOps,
  gitea,
  acr,
  oci,
  flux,
  generic,
};
