import { z } from 'zod';
import { EXTENSION_SETTINGS_MAX } from '../limits.ts';
import { SecretReference } from '../secret-reference.ts';
import { EVEN_WITH_WRONG_FIELDS, withDefaultAction } from './field-problems.ts';
import { Namespace } from './names.ts';

/** A setting of the chart: always text on the wire. Booleans and numbers become the text that Helm reads (`true`, `5`). */
const Setting = z.union([z.string().max(4096), z.boolean(), z.number()]).transform((value) => String(value));

const SettingName = z
  .string()
  .max(256)
  .regex(/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/, 'must be names joined by periods, such as source-controller.enabled');

const settings = <T extends z.ZodType>(value: T) =>
  z.record(SettingName, value).refine((all) => Object.keys(all).length <= EXTENSION_SETTINGS_MAX, {
    message: `holds more than ${EXTENSION_SETTINGS_MAX} settings`,
  });

/**
 * The `microsoft.flux` extension as a rollout wants it. What is not named stays as it is on clusters that have it: a rollout
 * of one setting does not reset the others.
 */
export const EnsureExtension = z
  .strictObject({
    action: z.literal('ensure').default('ensure'),
    /** Flux can be installed for the whole cluster only. */
    scope: z
      .literal('cluster', { error: 'must be cluster: Flux cannot be installed in a namespace' })
      .default('cluster'),
    /** Fixed when the extension is installed; absent: `flux-system`. */
    releaseNamespace: Namespace.optional(),
    releaseTrain: z.string().min(1).max(64).optional(),
    /** Pins the version; the minor version is then no longer upgraded by Azure. */
    version: z
      .string()
      .regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/, 'must be a full version, such as 1.24.1')
      .optional(),
    autoUpgradeMinorVersion: z.boolean().optional(),
    configurationSettings: settings(Setting).default({}),
    /** Replaced as a whole by Azure: name every one of them. */
    configurationProtectedSettings: settings(SecretReference).optional(),
    /**
     * What to do with an extension that failed: `none` leaves the cluster Failed, `rewrite` installs over it, `recreate` removes it by
     * force and installs anew.
     */
    repair: z.enum(['none', 'rewrite', 'recreate']).default('none'),
  })
  .refine(({ version, autoUpgradeMinorVersion }) => version === undefined || autoUpgradeMinorVersion !== true, {
    ...EVEN_WITH_WRONG_FIELDS,
    path: ['autoUpgradeMinorVersion'],
    message: 'cannot be true beside version: a pinned version is not upgraded; leave one of the two out',
  });
export type EnsureExtension = z.infer<typeof EnsureExtension>;

/** Uninstalls the extension. Refused on a cluster that still has configurations, unless the plan says otherwise. */
export const RemoveExtension = z.strictObject({
  action: z.literal('remove'),
  /** Removes the resource at once, without the cluster; what runs there stays. */
  force: z.boolean().default(false),
  /** Also where configurations exist: they stop reconciling. */
  evenWithConfigurations: z.boolean().default(false),
});
export type RemoveExtension = z.infer<typeof RemoveExtension>;

/** What happens to the extension; without `action` it is ensured. */
export const ExtensionChange = withDefaultAction(
  'ensure',
  z.discriminatedUnion('action', [EnsureExtension, RemoveExtension], 'must be ensure or remove'),
);
export type ExtensionChange = z.infer<typeof ExtensionChange>;
