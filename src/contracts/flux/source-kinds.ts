/** The kinds of source. */
export const SOURCE_KINDS = ['GitRepository', 'Bucket', 'AzureBlob', 'OCIRepository'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** The block of the REST resource, and of a request, that describes a source of each kind. */
export const SOURCE_BLOCKS = {
  GitRepository: 'gitRepository',
  Bucket: 'bucket',
  AzureBlob: 'azureBlob',
  OCIRepository: 'ociRepository',
} as const satisfies Record<SourceKind, string>;
