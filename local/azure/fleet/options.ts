import { z } from 'zod';
import { REGIONS } from './regions.ts';

const count = z.number().int().nonnegative();

/** What a fleet is generated from; the same options always give the same fleet. */
export const fleetOptions = z.strictObject({
  clusters: count.max(200_000).default(48),
  subscriptions: z.number().int().min(1).max(200).default(3),
  seed: z.number().int().default(1),
  /** Clusters in ring `main` on which Flux fails. */
  brokenClusters: count.default(1),
  /** Arc clusters in ring `main` whose agents are silent. */
  offlineClusters: count.default(1),
  /** AKS clusters in ring `main` that their owner stopped. */
  stoppedClusters: count.default(0),
  /** Clusters of type provisionedClusters (AKS hybrid) among all clusters; the others are AKS and Arc. */
  hybridClusters: count.default(0),
  /** Arc clusters that still carry a Flux v1 configuration (and therefore no extension). */
  fluxV1Clusters: count.default(0),
  /** AKS clusters in ring `main` that run as a service principal: no extension can be installed on them. */
  servicePrincipalClusters: count.default(0),
  /** Arc clusters in ring `main` with the distribution OpenShift. */
  openShiftClusters: count.default(0),
  /** Clusters in ring `main` whose own provisioning state is Failed. */
  failedClusters: count.default(0),
  /** Clusters in ring `main` whose extension is of a version that is no longer supported. */
  outdatedExtensionClusters: count.default(0),
  /** The last ones: without the registration of Microsoft.KubernetesConfiguration, and so without extensions. */
  unregisteredSubscriptions: count.default(0),
  /** Regions (`westeurope`) that do not offer the extension. */
  regionsWithoutFlux: z.array(z.enum(REGIONS.map(({ name }) => name))).default([]),
  /** Share of the clusters that have the microsoft.flux extension already. */
  extensionShare: z.number().min(0).max(1).default(0.5),
});
export type FleetOptions = z.infer<typeof fleetOptions>;
