/** What a built-in definition deploys besides what all of its kind deploy. */
export type FluxDefinition =
  | { readonly kind: 'extension' }
  | {
      readonly kind: 'git' | 'bucket';
      /** Fields of the source block by the parameter that they come from. */
      readonly fields: Readonly<Record<string, string>>;
      /** Name in `configurationProtectedSettings` of the secret that it takes out of a Key Vault. */
      readonly secret?: string;
      /** The retry interval of the kustomization has no parameter of its own: it is the sync interval. */
      readonly retriesLikeSync?: boolean;
      /** The timeout of the source is a constant, and the existence condition does not compare it. */
      readonly fixedTimeoutSeconds?: number;
    };

/**
 * The eight built-in definitions about Flux v2, by name (Azure/azure-policy, `built-in-policies/policyDefinitions/Kubernetes`,
 * versions 1.0.0 and 1.1.0).
 */
const DEFINITIONS: Readonly<Record<string, FluxDefinition>> = {
  'f9175d5f-abc8-1dc3-bd3c-5d7476ada3d1': { kind: 'extension' },
  '83ea2fd1-9eaf-2f6d-f672-cd7b2ac798f6': { kind: 'git', fields: {} },
  '9e980dca-f3e1-8da3-6717-ad37b1ca6b27': {
    kind: 'git',
    fields: { sshKnownHosts: 'repositorySshKnownHosts' },
    secret: 'sshPrivateKey',
    retriesLikeSync: true,
  },
  'bf1a31be-3b79-5ba8-c9e0-9a8c9ad9f749': {
    kind: 'git',
    fields: { httpsUser: 'repositoryHttpsUser', httpsCACert: 'repositoryHttpsCACert' },
    secret: 'httpsKey',
    retriesLikeSync: true,
    fixedTimeoutSeconds: 600,
  },
  '2630c91f-8a20-8f43-14a2-2485b648e2a9': { kind: 'git', fields: { httpsCACert: 'repositoryHttpsCACert' } },
  'b6c7fd52-4723-5f4d-a157-3d39bd16a1d7': { kind: 'git', fields: { localAuthRef: 'repositoryLocalAuthRef' } },
  'b8c1d6c1-6137-97c6-9c34-d4627e54ca26': { kind: 'bucket', fields: { localAuthRef: 'bucketLocalAuthRef' } },
  '5174c1db-ca42-e0d4-b320-4f1cf6a1fa93': {
    kind: 'bucket',
    fields: { accessKey: 'bucketAccessKey' },
    secret: 'bucketSecretKey',
  },
};

/** What a built-in Flux definition deploys; undefined for every other definition, copies of the built-in ones among them. */
export function fluxDefinition(definitionId: string): FluxDefinition | undefined {
  const name = /^\/providers\/microsoft\.authorization\/policydefinitions\/([0-9a-f-]{36})(\/versions\/[^/]+)?$/i.exec(
    definitionId,
  )?.[1];
  return name === undefined ? undefined : DEFINITIONS[name.toLowerCase()];
}

/** Whether a definition is one of the built-in ones about Flux v2, which can be turned into a desired state. */
export function isFluxDefinition(definitionId: string): boolean {
  return fluxDefinition(definitionId) !== undefined;
}
