import { z } from 'zod';
import { CONFIGURATION_NAME_LENGTH_MAX, NAMESPACE_LENGTH_MAX, OBJECT_NAME_LENGTH_MAX } from '../limits.ts';

const SUBDOMAIN = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
const SUBDOMAIN_WANTED = 'must be lower-case letters, digits, - and ., and begin and end with a letter or digit';

/** DNS subdomain, as `az k8s-configuration flux --name` accepts it, without empty labels. */
export const ResourceName = z.string().max(CONFIGURATION_NAME_LENGTH_MAX).regex(SUBDOMAIN, SUBDOMAIN_WANTED);

/** Kubernetes namespace (RFC 1123 label). */
export const Namespace = z
  .string()
  .max(NAMESPACE_LENGTH_MAX)
  .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, 'must be lower-case letters, digits and -');

/** A namespace, or a text with `${…}` that becomes one on each cluster (checked when the plan is made). */
export const NamespaceTemplate = z.union(
  [
    Namespace,
    z
      .string()
      .max(256)
      .regex(/\$\{[^}]+\}/),
  ],
  'must be a namespace: at most 63 lower-case letters, digits and -, or a text with ${…} that becomes one',
);

/** Name of a Secret, ConfigMap or service account in the namespace of the configuration (RFC 1123 subdomain). */
export const ObjectName = z.string().max(OBJECT_NAME_LENGTH_MAX).regex(SUBDOMAIN, SUBDOMAIN_WANTED);
