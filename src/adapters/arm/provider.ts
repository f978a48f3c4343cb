import { z } from 'zod';
import type { ArmResult, ProviderRegistration } from '../../ports/arm.ts';
import { providerUrl } from './paths.ts';
import type { Send } from '../arm-send.ts';

const provider = z.object({
  registrationState: z.string().min(1),
  resourceTypes: z
    .array(z.object({ resourceType: z.string(), locations: z.array(z.string()).nullish() }))
    .nullish()
    .transform((types) => types ?? []),
});

/** Reads one resource provider of a subscription. */
export async function readProvider(
  send: Send,
  subscriptionId: string,
  namespace: string,
): Promise<ArmResult<ProviderRegistration>> {
  const reply = await send('GET', providerUrl(subscriptionId, namespace));
  if (!reply.ok) return { ok: false, fault: reply.fault };
  const { success, data } = provider.safeParse(reply.body);
  if (!success) {
    const detail = `ARM describes the provider ${namespace} in an unknown shape.`;
    return { ok: false, fault: { kind: 'unavailable', code: 'UnreadableAnswer', detail } };
  }
  const locations = data.resourceTypes.map(
    (type) => [type.resourceType.toLowerCase(), (type.locations ?? []).map(normalised)] as const,
  );
  return { ok: true, value: { state: data.registrationState, locations: Object.fromEntries(locations) } };
}

/** ARM names regions for people here (`West Europe`), and for machines on resources (`westeurope`). */
function normalised(location: string): string {
  return location.toLowerCase().replaceAll(/\s/g, '');
}
