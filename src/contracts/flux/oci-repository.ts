import { z } from 'zod';
import { BLOCK_ENTRIES_MAX } from '../limits.ts';
import { SecretReference } from '../secret-reference.ts';
import { EVEN_WITH_WRONG_FIELDS, LITERAL_SECRET, report, type FieldProblem } from './field-problems.ts';
import { ObjectName } from './names.ts';
import { sourceFields, urlSchema } from './source-fields.ts';

/** Nothing named means the tag `latest`. A digest pins the artifact; the service heeds it before all else. */
const OciRef = z
  .strictObject({
    tag: z.string().min(1).max(128).optional(),
    semver: z.string().min(1).max(250).optional(),
    digest: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 lower-case hexadecimal digits')
      .optional(),
  })
  .superRefine(({ tag, semver, digest }, ctx) => {
    if (semver === undefined || (tag === undefined && digest === undefined)) return;
    ctx.addIssue({
      code: 'custom',
      message: 'names semver beside tag or digest; keep one (tag may stand beside digest)',
    });
  });

/** How the signature of the artifact is checked in the cluster. */
const Verify = z.strictObject({
  /** `cosign` or `notation`; the service takes any text. */
  provider: z.string().min(1).max(64),
  /** Trusted public keys and policies by name. */
  verificationConfig: z
    .record(
      z.string().min(1).max(253),
      z
        .string()
        .max(16_384)
        .refine((text) => !text.includes('PRIVATE KEY-----'), {
          message: 'holds a private key; only public keys belong here',
          params: LITERAL_SECRET,
        }),
    )
    .refine((all) => Object.keys(all).length <= BLOCK_ENTRIES_MAX, {
      message: `holds more than ${BLOCK_ENTRIES_MAX} entries`,
    })
    .optional(),
  matchOidcIdentity: z
    .array(z.strictObject({ issuer: z.string().min(1).max(1024), subject: z.string().min(1).max(1024) }))
    .max(BLOCK_ENTRIES_MAX)
    .optional(),
});

/** Certificates towards the registry: PEM text or base64 of it, by reference. */
const TlsConfig = z
  .strictObject({
    caCertificate: SecretReference.optional(),
    clientCertificate: SecretReference.optional(),
    privateKey: SecretReference.optional(),
  })
  .superRefine((tls, ctx) => report(ctx, tlsProblems(tls)), EVEN_WITH_WRONG_FIELDS);

/** An artifact of an OCI registry, as the `ociRepository` block of the REST resource (api-version 2024-11-01 and later). */
export const OciRepository = z
  .strictObject({
    url: urlSchema(
      /^oci:\/\/[^\s/?#@]+(\/[^\s/?#@:]+)+$/,
      'must be oci://registry/repository, with tag or digest in repositoryRef and not in the URL',
    ),
    repositoryRef: OciRef.default({}),
    ...sourceFields,
    layerSelector: z
      .strictObject({
        mediaType: z.string().min(1).max(256).optional(),
        operation: z.enum(['extract', 'copy']).default('extract'),
      })
      .optional(),
    verify: Verify.optional(),
    /** Plain HTTP. */
    insecure: z.boolean().default(false),
    useWorkloadIdentity: z.boolean().default(false),
    /** Service account whose image pull secrets, or workload identity, are used. */
    serviceAccountName: ObjectName.optional(),
    tlsConfig: TlsConfig.optional(),
  })
  .superRefine((oci, ctx) => report(ctx, ociProblems(oci)), EVEN_WITH_WRONG_FIELDS);
export type OciRepository = z.infer<typeof OciRepository>;

function ociProblems({ useWorkloadIdentity, localAuthRef }: Partial<OciRepository>): FieldProblem[] {
  if (useWorkloadIdentity !== true || localAuthRef === undefined) return [];
  return [{ path: ['localAuthRef'], message: 'cannot stand beside useWorkloadIdentity: true; keep one of the two' }];
}

function tlsProblems({ clientCertificate, privateKey }: Partial<z.infer<typeof TlsConfig>>): FieldProblem[] {
  if ((clientCertificate === undefined) === (privateKey === undefined)) return [];
  const missing = privateKey === undefined ? 'privateKey' : 'clientCertificate';
  return [{ path: [missing], message: 'is missing: clientCertificate and privateKey go together' }];
}
