import { z } from 'zod';
import type { ObjectName } from '../fleet/artifact.ts';
import { readYaml } from './yaml-text.ts';

/** An object with what tells it apart within one build. */
export interface Manifest extends ObjectName {
  readonly apiVersion: string;
}

/** A document that is YAML, but no object of Kubernetes. */
export class ManifestError extends Error {}

const nameText = z.string().min(1);
const manifest = z.object({
  apiVersion: z.string().min(1),
  kind: z.string().min(1),
  metadata: z.object({ name: nameText, namespace: nameText.nullish() }),
});
const withMetadata = z.object({
  apiVersion: z.string().default(''),
  kind: z.string().default(''),
  metadata: z.object({}),
});
const list = z.object({ kind: z.string().regex(/List$/), items: z.array(z.unknown()) });

/**
 * The objects of one file, as kustomize reads them.
 *
 * @throws YamlTextError when it is no YAML
 * @throws ManifestError with kustomize's words when a document in it is no object
 */
export function readManifests(text: string): Manifest[] {
  return readYaml(text).flatMap(manifestsOf);
}

function manifestsOf(document: unknown): Manifest[] {
  const items = list.safeParse(document);
  if (items.success) return items.data.items.flatMap(manifestsOf);
  const read = manifest.safeParse(document);
  if (!read.success) throw new ManifestError(problemOf(document));
  const { apiVersion, kind, metadata } = read.data;
  return [{ apiVersion, kind, name: metadata.name, namespace: metadata.namespace ?? undefined }];
}

function problemOf(document: unknown): string {
  const partly = withMetadata.safeParse(document);
  if (!partly.success) return 'missing Resource metadata';
  const { apiVersion, kind } = partly.data;
  const missing = kind === '' ? 'kind' : apiVersion === '' ? 'apiVersion' : 'metadata.name';
  return `missing ${missing} in object {{${apiVersion} ${kind}} {{ } map[] map[]}}`;
}
