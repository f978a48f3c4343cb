/** A parameter of a definition or an initiative; one without a default has to be given. */
export interface PolicyParameter {
  /** As the definition spells it: `string`, `String`, `integer`, `boolean`, `Boolean`. */
  readonly type: string;
  readonly defaultValue?: string | number | boolean;
  readonly allowedValues?: readonly string[];
}
export type PolicyParameters = Readonly<Record<string, PolicyParameter>>;

export type PolicyEffect = 'DeployIfNotExists' | 'AuditIfNotExists' | 'Audit' | 'Disabled';

/** What a definition demands of a cluster, and what its deployment makes. */
export type PolicyDemand =
  /** A `microsoft.flux` extension with these settings. */
  | { readonly kind: 'extension' }
  | {
      readonly kind: 'configuration';
      readonly source: 'gitRepository' | 'bucket';
      /** Property of a configuration, by the parameter that it has to be equal to. */
      readonly equals: Readonly<Record<string, string>>;
      /** Key of the protected setting that the deployment reads from a key vault, and the parameter with the secret's name. */
      readonly secret?: { readonly setting: string; readonly nameParameter: string };
    }
  /** Nothing about Flux: the API server of an AKS cluster is private. */
  | { readonly kind: 'privateCluster' };

/** A built-in definition. */
export interface PolicyDefinition {
  /** Last segment of the id. */
  readonly name: string;
  readonly displayName: string;
  readonly version: string;
  readonly parameters: PolicyParameters;
  readonly demand: PolicyDemand;
}

/** A definition inside an initiative; values may say `[parameters('x')]`, where x is a parameter of the initiative. */
export interface PolicySetMember {
  readonly referenceId: string;
  readonly definition: PolicyDefinition;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
}

/** A built-in initiative. */
export interface PolicySet {
  readonly name: string;
  readonly displayName: string;
  readonly version: string;
  readonly parameters: PolicyParameters;
  readonly members: readonly PolicySetMember[];
}

/** True for an initiative. */
export function isSet(assigned: PolicyDefinition | PolicySet): assigned is PolicySet {
  return 'members' in assigned;
}

/** Built-in definitions live at the tenant. */
export function definitionId({ name }: PolicyDefinition): string {
  return `/providers/Microsoft.Authorization/policyDefinitions/${name}`;
}

export function setId({ name }: PolicySet): string {
  return `/providers/Microsoft.Authorization/policySetDefinitions/${name}`;
}

/** The id of whatever an assignment assigns. */
export function assignedId(assigned: PolicyDefinition | PolicySet): string {
  return isSet(assigned) ? setId(assigned) : definitionId(assigned);
}
