import { z } from 'zod';
import { EVEN_WITH_WRONG_FIELDS, report, type FieldProblem } from './field-problems.ts';
import { EndpointUrl, sourceFields } from './source-fields.ts';

/**
 * An S3-compatible bucket, as the `bucket` block of the REST resource. The secret key stands in
 * `configurationProtectedSettings.bucketSecretKey`.
 */
export const Bucket = z
  .strictObject({
    url: EndpointUrl,
    bucketName: z.string().min(1).max(63),
    /** Plain HTTP. Always sent: the service would take true for an absent value, the CLI false. */
    insecure: z.boolean().default(false),
    ...sourceFields,
    /** Plain text in Azure, and shown by it. */
    accessKey: z.string().min(1).max(256).optional(),
  })
  .superRefine((bucket, ctx) => report(ctx, bucketProblems(bucket)), EVEN_WITH_WRONG_FIELDS);
export type Bucket = z.infer<typeof Bucket>;

function bucketProblems({ accessKey, localAuthRef }: Partial<Bucket>): FieldProblem[] {
  if (accessKey !== undefined && localAuthRef !== undefined) {
    return [{ path: ['localAuthRef'], message: 'cannot stand beside accessKey; keep one of the two' }];
  }
  const message =
    'names no credentials; give accessKey with configurationProtectedSettings.bucketSecretKey, or localAuthRef';
  return accessKey === undefined && localAuthRef === undefined ? [{ path: [], message }] : [];
}
