import { z } from 'zod';
import type { PolicyAssignment, PolicyDefinition, PolicyExemption, PolicySet } from '../../ports/policy.ts';

const json = z.record(z.string(), z.unknown());
const texts = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? []);
const objects = z
  .array(json)
  .nullish()
  .transform((list) => list ?? []);

/** `{x: {value: 1}}`, as assignments and initiatives write it, to `{x: 1}`. */
const values = z
  .record(z.string(), z.object({ value: z.unknown() }))
  .nullish()
  .transform((all) => Object.fromEntries(Object.entries(all ?? {}).map(([name, { value }]) => [name, value])));

/** What is declared with a default, to that. */
const defaults = z
  .record(z.string(), z.object({ defaultValue: z.unknown().optional() }))
  .nullish()
  .transform((all) =>
    Object.fromEntries(
      Object.entries(all ?? {}).flatMap(([name, { defaultValue }]) =>
        defaultValue === undefined ? [] : [[name, defaultValue]],
      ),
    ),
  );

const principal = z.object({ principalId: z.string().nullish(), clientId: z.string().nullish() });
const identity = principal.extend({ userAssignedIdentities: z.record(z.string(), principal).nullish() });

const assignment = z
  .object({
    id: z.string().min(1),
    name: z.string(),
    identity: identity.nullish(),
    properties: z.object({
      displayName: z.string().nullish(),
      policyDefinitionId: z.string().min(1),
      scope: z.string().nullish(),
      notScopes: texts,
      enforcementMode: z.string().nullish(),
      parameters: values,
      resourceSelectors: objects,
      overrides: objects,
    }),
  })
  .transform(({ id, name, identity: who, properties }): PolicyAssignment => {
    const { displayName, policyDefinitionId, scope, notScopes, enforcementMode, ...rest } = properties;
    return {
      ...rest,
      ...principalOf(who),
      id,
      scope: textOr(scope, scopeOf(id)),
      displayName: textOr(displayName, name),
      definitionId: policyDefinitionId,
      notScopes,
      enforcementMode: textOr(enforcementMode, 'Default'),
    };
  });

const definition = z
  .object({
    id: z.string().min(1),
    name: z.string(),
    properties: z.object({ displayName: z.string().nullish(), parameters: defaults }),
  })
  .transform(({ id, name, properties }): PolicyDefinition => ({
    id,
    displayName: textOr(properties.displayName, name),
    parameterDefaults: properties.parameters,
  }));

const set = z
  .object({
    id: z.string().min(1),
    properties: z.object({
      parameters: defaults,
      policyDefinitions: z.array(
        z.object({
          policyDefinitionId: z.string().min(1),
          policyDefinitionReferenceId: z.string().nullish(),
          parameters: values,
        }),
      ),
    }),
  })
  .transform(({ id, properties }): PolicySet => ({
    id,
    parameterDefaults: properties.parameters,
    members: properties.policyDefinitions.map((member) => ({
      referenceId: member.policyDefinitionReferenceId ?? '',
      definitionId: member.policyDefinitionId,
      parameters: member.parameters,
    })),
  }));

const exemption = z
  .object({
    id: z.string().min(1),
    properties: z.object({
      policyAssignmentId: z.string().min(1),
      policyDefinitionReferenceIds: texts,
      expiresOn: z.string().nullish(),
      resourceSelectors: objects,
    }),
  })
  .transform(({ id, properties }): PolicyExemption => {
    const { policyAssignmentId, policyDefinitionReferenceIds: referenceIds, expiresOn, resourceSelectors } = properties;
    return {
      assignmentId: policyAssignmentId,
      referenceIds: referenceIds.length === 0 ? undefined : referenceIds,
      scope: scopeOf(id),
      expiresAt: expiresAt(expiresOn),
      ...(resourceSelectors.length > 0 && { resourceSelectors }),
    };
  });

/** Readers of raw resources of Policy; undefined for an unknown shape. */
export const readAssignment = (raw: unknown): PolicyAssignment | undefined => assignment.safeParse(raw).data;
export const readDefinition = (raw: unknown): PolicyDefinition | undefined => definition.safeParse(raw).data;
export const readSet = (raw: unknown): PolicySet | undefined => set.safeParse(raw).data;
export const readExemption = (raw: unknown): PolicyExemption | undefined => exemption.safeParse(raw).data;

/** An assignment has at most one identity: its own, or one that a user made (REST specification). */
function principalOf(
  who: z.infer<typeof identity> | null | undefined,
): Pick<PolicyAssignment, 'principalId' | 'clientId'> {
  const [assigned] = Object.values(who?.userAssignedIdentities ?? {});
  const { principalId, clientId } = assigned ?? who ?? {};
  return { principalId: principalId ?? undefined, ...(typeof clientId === 'string' && { clientId }) };
}

/** What an extension resource hangs on; for the tenant that is the empty text. */
function scopeOf(id: string): string {
  const at = id.toLowerCase().lastIndexOf('/providers/microsoft.authorization/');
  return at < 0 ? id : id.slice(0, at);
}

function textOr(text: string | null | undefined, other: string): string {
  return text === undefined || text === null || text === '' ? other : text;
}

/** A time that cannot be read does not end an exemption: nothing is done to what may be exempt. */
function expiresAt(text: string | null | undefined): number | undefined {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) ? undefined : ms;
}
