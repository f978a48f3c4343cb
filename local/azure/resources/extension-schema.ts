import { z } from 'zod';

const settings = z
  .record(z.string(), z.string())
  .nullish()
  .transform((value) => value ?? {});

const scope = z.object({
  cluster: z.object({ releaseNamespace: z.string().nullish() }).nullish(),
  namespace: z.object({ targetNamespace: z.string().nullish() }).nullish(),
});

/** `properties` of an extension as the service keeps it. */
export const extensionSpec = z.object({
  extensionType: z
    .string()
    .min(1)
    .transform((value) => value.toLowerCase()),
  autoUpgradeMinorVersion: z.boolean().nullish(),
  releaseTrain: z
    .string()
    .nullish()
    .transform((value) => value ?? 'Stable'),
  version: z
    .string()
    .nullish()
    .transform((value) => value ?? null),
  scope: scope.nullish().transform((value) => value ?? { cluster: { releaseNamespace: 'flux-system' } }),
  configurationSettings: settings,
});
export type ExtensionSpec = z.infer<typeof extensionSpec>;

/** The outer shape of PUT and PATCH. */
export const extensionBody = z.object({
  identity: z.object({ type: z.string() }).nullish(),
  properties: z.looseObject({ configurationProtectedSettings: z.record(z.string(), z.string()).nullish() }),
});
