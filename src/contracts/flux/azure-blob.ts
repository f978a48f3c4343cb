import { z } from 'zod';
import { SecretReference } from '../secret-reference.ts';
import { EVEN_WITH_WRONG_FIELDS, report, type FieldProblem } from './field-problems.ts';
import { EndpointUrl, sourceFields } from './source-fields.ts';

const Id = z.string().max(256).regex(/^\S+$/, 'must be an id without spaces');

/** An application that may read the container: by its secret or by its certificate. */
const ServicePrincipal = z
  .strictObject({
    clientId: Id,
    tenantId: Id,
    clientSecret: SecretReference.optional(),
    /** PEM text or base64 of it, or base64 of PFX. */
    clientCertificate: SecretReference.optional(),
    clientCertificatePassword: SecretReference.optional(),
    /** Sends the chain of the certificate (x5c), for subject name and issuer authentication. */
    clientCertificateSendChain: z.boolean().default(false),
  })
  .superRefine((principal, ctx) => report(ctx, principalProblems(principal)), EVEN_WITH_WRONG_FIELDS);

/** An Azure Blob container, as the `azureBlob` block of the REST resource. Without credentials it has to be public. */
export const AzureBlob = z
  .strictObject({
    url: EndpointUrl,
    containerName: z.string().min(1).max(63),
    ...sourceFields,
    servicePrincipal: ServicePrincipal.optional(),
    accountKey: SecretReference.optional(),
    sasToken: SecretReference.optional(),
    /** AKS only; the identity needs Storage Blob Data Reader. */
    managedIdentity: z.strictObject({ clientId: Id }).optional(),
  })
  .superRefine((blob, ctx) => report(ctx, blobProblems(blob)), EVEN_WITH_WRONG_FIELDS);
export type AzureBlob = z.infer<typeof AzureBlob>;

const WAYS = ['servicePrincipal', 'accountKey', 'sasToken', 'managedIdentity', 'localAuthRef'] as const;

function blobProblems(blob: Partial<AzureBlob>): FieldProblem[] {
  const given = WAYS.filter((way) => blob[way] !== undefined);
  if (given.length < 2) return [];
  return [{ path: [], message: `names more than one way to authenticate: ${given.join(', ')}; keep one` }];
}

function principalProblems(principal: Partial<z.infer<typeof ServicePrincipal>>): FieldProblem[] {
  const { clientSecret, clientCertificate, clientCertificatePassword, clientCertificateSendChain } = principal;
  const problems: FieldProblem[] = [];
  if (clientSecret !== undefined && clientCertificate !== undefined) {
    problems.push({ path: [], message: 'names clientSecret and clientCertificate; keep one' });
  }
  if (clientSecret === undefined && clientCertificate === undefined) {
    problems.push({ path: [], message: 'needs clientSecret or clientCertificate' });
  }
  if (clientCertificate !== undefined) return problems;
  if (clientCertificatePassword !== undefined) {
    problems.push({ path: ['clientCertificatePassword'], message: 'needs clientCertificate beside it' });
  }
  if (clientCertificateSendChain === true) {
    problems.push({ path: ['clientCertificateSendChain'], message: 'needs clientCertificate beside it' });
  }
  return problems;
}
