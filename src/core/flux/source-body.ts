import type { AzureBlob } from '../../contracts/flux/azure-blob.ts';
import type { OciRepository } from '../../contracts/flux/oci-repository.ts';
import { substitute } from './cluster-values.ts';
import { defined, type Json } from './json.ts';
import type { Source } from './source.ts';

type Values = Readonly<Record<string, string>>;

/** The source block of a PUT, without secrets. Durations become `…InSeconds`; what is not named is not sent. */
export function sourceBody(source: Source, values: Values): Json {
  const { url, timeout, syncInterval, localAuthRef } = source.block;
  const common = { url, timeoutInSeconds: timeout, syncIntervalInSeconds: syncInterval, localAuthRef };
  return defined({ ...common, ...ownFields(source, values) });
}

function ownFields({ kind, block }: Source, values: Values): Json {
  switch (kind) {
    case 'GitRepository': {
      const { repositoryRef, sshKnownHosts, httpsUser, httpsCACert, provider } = block;
      return { repositoryRef: refBody(repositoryRef, values), sshKnownHosts, httpsUser, httpsCACert, provider };
    }
    case 'Bucket': {
      const { bucketName, insecure, accessKey } = block;
      return { bucketName, insecure, accessKey };
    }
    case 'AzureBlob':
      return blobFields(block);
    case 'OCIRepository':
      return ociFields(block, values);
  }
}

function refBody(ref: Readonly<Record<string, string | undefined>>, values: Values): Json | undefined {
  const named = Object.entries(ref).flatMap(([key, text]) =>
    text === undefined ? [] : [[key, substitute(text, values)] as const],
  );
  return named.length === 0 ? undefined : Object.fromEntries(named);
}

function blobFields({ containerName, servicePrincipal, managedIdentity }: AzureBlob): Json {
  if (servicePrincipal === undefined) return { containerName, managedIdentity };
  const { clientId, tenantId, clientCertificateSendChain } = servicePrincipal;
  return { containerName, servicePrincipal: { clientId, tenantId, clientCertificateSendChain } };
}

function ociFields(block: OciRepository, values: Values): Json {
  const { repositoryRef, layerSelector, verify, insecure, useWorkloadIdentity, serviceAccountName } = block;
  return {
    repositoryRef: refBody(repositoryRef, values),
    layerSelector: layerSelector && defined(layerSelector),
    verify: verify && defined(verify),
    insecure,
    useWorkloadIdentity,
    serviceAccountName,
  };
}
