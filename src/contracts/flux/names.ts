import { z } from 'zod';
import { CONFIGURATION_NAME_LENGTH_MAX, NAMESPACE_LENGTH_MAX } from '../limits.ts';

/** DNS subdomain, as `az k8s-configuration flux --name` accepts it, without empty labels. */
export const ResourceName = z
  .string()
  .max(CONFIGURATION_NAME_LENGTH_MAX)
  .regex(
    /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/,
    'must be lower-case letters, digits, - and ., and begin and end with a letter or digit',
  );

/** Kubernetes namespace (RFC 1123 label). */
export const Namespace = z
  .string()
  .max(NAMESPACE_LENGTH_MAX)
  .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, 'must be lower-case letters, digits and -');
