import fc from 'fast-check';
import { base64, blob, bucket, CERTIFICATE, COMMIT, DIGEST, git, KNOWN_HOST, oci, sshGit, type Raw } from './raw.ts';

/** Any configuration that the contract accepts, as people write it: every kind, every way to authenticate. */

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const secret = fc.constantFrom('env:A', 'env:B', 'https://kv-1.vault.azure.net/secrets/x');
const name = fc.constantFrom('a', 'b', 'infra', 'apps', 'x.y');
const duration = fc.constantFrom<unknown>('10m', '1h2m5s', 600, 1, 'PT5M', undefined);
const text = fc.constantFrom('main', 'release/1', '${cluster.name}', 'v1.2.3', '$${x}');
const flag = maybe(fc.boolean());
const timing = { timeout: duration, syncInterval: duration };

const postBuild = fc.record({
  substitute: maybe(
    fc.dictionary(
      fc.constantFrom('a', 'path', 'B_1', 'optional'),
      fc.constantFrom('', 'x', '${cluster.name}', '$${y}'),
    ),
  ),
  substituteFrom: maybe(
    fc.array(fc.record({ kind: fc.constantFrom('ConfigMap', 'Secret'), name, optional: flag }), { maxLength: 3 }),
  ),
});
const kustomization = fc.record({
  path: fc.constantFrom(undefined, '', './', 'apps', './apps/', './${cluster.name}'),
  ...timing,
  retryInterval: duration,
  prune: flag,
  force: flag,
  wait: flag,
  postBuild: maybe(postBuild),
});
/** Each may depend on those before it, so that there is no circle. */
const kustomizations = fc
  .uniqueArray(fc.tuple(name, kustomization, fc.array(fc.nat(3), { maxLength: 2 })), {
    minLength: 1,
    maxLength: 4,
    selector: ([key]) => key,
  })
  .map((all) =>
    Object.fromEntries(
      all.map(([key, body, before], index) => {
        const dependsOn = [...new Set(before.filter((n) => n < index))].map((n) => all[n]![0]);
        return [key, { ...body, dependsOn }];
      }),
    ),
  );

const common = fc.record({
  name,
  kustomizations,
  scope: fc.constantFrom(undefined, 'cluster', 'namespace'),
  namespace: fc.constantFrom(undefined, 'default', 'shop', 'ns-${cluster.name}'),
  suspend: flag,
  waitForReconciliation: flag,
});

const gitRef = fc.oneof(
  text.map((branch) => ({ branch })),
  text.map((tag) => ({ tag })),
  fc.constant({ semver: '>=1.0.0' }),
  fc.constant({ branch: 'main', commit: COMMIT }),
);
interface GitWay {
  readonly make?: typeof git;
  readonly block?: Raw;
  readonly settings?: Raw;
}
const gitWays = fc.oneof<fc.Arbitrary<GitWay>[]>(
  fc.constantFrom<GitWay>(
    {},
    { settings: {} },
    { block: { provider: 'azure' } },
    { block: { provider: 'generic', httpsCACert: CERTIFICATE } },
    { block: { localAuthRef: 'auth' } },
    { make: sshGit, block: { sshKnownHosts: base64(`${KNOWN_HOST}\n`) } },
  ),
  secret.map((httpsKey) => ({ block: { httpsUser: 'me' }, settings: { httpsKey } })),
  secret.map((sshPrivateKey) => ({ make: sshGit, block: { sshKnownHosts: KNOWN_HOST }, settings: { sshPrivateKey } })),
);
const gitSource = fc
  .tuple(gitRef, fc.record(timing), gitWays, common)
  .map(([repositoryRef, times, { make = git, block, settings }, rest]) =>
    make({ repositoryRef, ...times, ...block }, { ...rest, configurationProtectedSettings: settings }),
  );

const bucketSource = fc
  .tuple(fc.record({ ...timing, insecure: flag }), fc.boolean(), common)
  .map(([block, local, rest]) =>
    local
      ? bucket(
          { ...block, accessKey: undefined, localAuthRef: 'auth' },
          { ...rest, configurationProtectedSettings: undefined },
        )
      : bucket(block, rest),
  );

const principal = fc.oneof(
  secret.map((clientSecret) => ({ clientId: 'c', tenantId: 't', clientSecret })),
  fc
    .tuple(secret, maybe(secret), flag)
    .map(([clientCertificate, clientCertificatePassword, clientCertificateSendChain]) => ({
      ...{ clientId: 'c', tenantId: 't', clientCertificate },
      ...{ clientCertificatePassword, clientCertificateSendChain },
    })),
);
const blobSource = fc
  .tuple(
    fc.record(timing),
    fc.oneof<fc.Arbitrary<Raw>[]>(
      fc.constant({}),
      principal.map((servicePrincipal) => ({ servicePrincipal })),
      secret.map((accountKey) => ({ accountKey })),
      secret.map((sasToken) => ({ sasToken })),
      fc.constant({ managedIdentity: { clientId: 'c' } }),
      fc.constant({ localAuthRef: 'auth' }),
    ),
    common,
  )
  .map(([times, way, rest]) => blob({ ...times, ...way }, rest));

const ociRef = fc.oneof(
  fc.constant(undefined),
  fc.constant({ tag: 'latest' }),
  text.map((tag) => ({ tag })),
  fc.constant({ semver: '1.x' }),
  fc.constant({ tag: 'v1', digest: DIGEST }),
);
const ociSource = fc
  .tuple(
    fc.record({
      ...timing,
      repositoryRef: ociRef,
      insecure: flag,
      layerSelector: maybe(
        fc.record({ mediaType: maybe(text), operation: fc.constantFrom(undefined, 'extract', 'copy') }),
      ),
      serviceAccountName: maybe(name),
      verify: maybe(
        fc.record({
          provider: fc.constantFrom('cosign', 'notation'),
          verificationConfig: maybe(fc.dictionary(fc.constantFrom('cosign.pub', 'policy'), text)),
          matchOidcIdentity: maybe(fc.array(fc.record({ issuer: text, subject: text }), { maxLength: 2 })),
        }),
      ),
      tlsConfig: fc.oneof(
        fc.constant(undefined),
        fc.record({ caCertificate: maybe(secret) }),
        fc.record({ clientCertificate: secret, privateKey: secret }),
      ),
    }),
    fc.constantFrom<Raw>({}, { useWorkloadIdentity: true }, { localAuthRef: 'auth' }),
    common,
  )
  .map(([block, way, rest]) => oci({ ...block, ...way }, rest));

export const configurations: fc.Arbitrary<Raw> = fc.oneof(gitSource, bucketSource, blobSource, ociSource);
