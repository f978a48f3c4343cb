import { z } from 'zod';

/** Service default of every timeout and interval (flux.md a.1, a.6), in seconds. */
const SECONDS_DEFAULT = 600;

/** A text that may be left out: kept and shown as null. */
export const text = z
  .string()
  .nullish()
  .transform((value) => value ?? null);
/** A flag with the service's default. */
export const flag = (fallback: boolean) =>
  z
    .boolean()
    .nullish()
    .transform((value) => value ?? fallback);
const seconds = z
  .number()
  .int()
  .nullish()
  .transform((value) => value ?? SECONDS_DEFAULT);
/** Both durations of every source and kustomization. */
export const timing = { timeoutInSeconds: seconds, syncIntervalInSeconds: seconds };

const repositoryRef = z.object({ branch: text, tag: text, semver: text, commit: text });

/** `provider` in any casing, echoed as it was written (recorded live tests). */
const provider = z
  .string()
  .regex(/^(azure|github|generic)$/i, "'provider' is Azure, GitHub or Generic")
  .nullish()
  .transform((value) => value ?? null);

export const gitRepository = z.object({
  url: z.string().min(1),
  ...timing,
  repositoryRef: repositoryRef.nullish().transform((value) => value ?? null),
  sshKnownHosts: text,
  httpsUser: text,
  httpsCACert: text,
  localAuthRef: text,
  provider,
});

export const bucket = z.object({
  url: z.string().min(1),
  bucketName: z.string().min(1),
  // The REST default is true although the CLI always sends false (flux.md a.3).
  insecure: flag(true),
  ...timing,
  accessKey: text,
  localAuthRef: text,
});

export const azureBlob = z.object({
  url: z.string().min(1),
  containerName: z.string().min(1),
  ...timing,
  servicePrincipal: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((value) => value ?? null),
  accountKey: text,
  sasToken: text,
  managedIdentity: z
    .object({ clientId: text })
    .nullish()
    .transform((value) => value ?? null),
  localAuthRef: text,
});

const optional = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? null);

const layerSelector = z.object({
  mediaType: text,
  operation: z
    .enum(['extract', 'copy'])
    .nullish()
    .transform((value) => value ?? 'extract'),
});

const verify = z.object({
  provider: z.string(),
  verificationConfig: optional(z.record(z.string(), z.string())),
  matchOidcIdentity: optional(z.array(z.object({ issuer: z.string(), subject: z.string() }))),
});

export const ociRepository = z.object({
  url: z.string().min(1),
  ...timing,
  repositoryRef: optional(z.object({ tag: text, semver: text, digest: text })),
  layerSelector: optional(layerSelector),
  verify: optional(verify),
  insecure: flag(false),
  useWorkloadIdentity: flag(false),
  serviceAccountName: text,
  tlsConfig: optional(z.object({ clientCertificate: text, privateKey: text, caCertificate: text })),
  localAuthRef: text,
});
