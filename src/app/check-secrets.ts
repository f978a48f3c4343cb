import { Refusal, Transient, type Problem } from '../contracts/errors.ts';
import { decodeBase64 } from '../contracts/flux/base64.ts';
import type { Change } from '../contracts/flux/change.ts';
import { extensionSecretFields, secretFields, type SecretField } from '../core/flux/secrets.ts';
import type { Deps } from './deps.ts';

/**
 * Makes sure that every secret of a change can be read, before anything is written: 400 clusters would all fail on the same one.
 * The values are looked at and forgotten.
 *
 * @throws Refusal 400 that names the fields and the references, Transient when a vault does not answer.
 */
export async function checkSecrets(deps: Deps, change: Change): Promise<void> {
  const problems: Problem[] = [];
  for (const { field, reference } of referencesOf(change)) {
    const answer = await deps.secrets.read(reference);
    if (answer.ok) {
      if (isPrivateKeyField(field) && !isPrivateKey(answer.value)) problems.push(noPrivateKey(field, reference));
      continue;
    }
    const { fault } = answer;
    const detail = `${reference}: ${fault.detail}`;
    if (fault.kind === 'unavailable') throw new Transient(fault.code, detail, fault.retryAfterMs);
    problems.push({ field, code: fault.code, detail });
  }
  const [first] = problems;
  if (first !== undefined) throw new Refusal(400, first.code, first.detail, problems);
}

function isPrivateKeyField(field: string): boolean {
  return field.endsWith('.sshPrivateKey');
}

/** PEM or OpenSSH armour, plain or in base64, and not asking for a passphrase, which nobody could give. */
function isPrivateKey(value: string): boolean {
  const text = value.includes('-----BEGIN') ? value : (decodeBase64(value.trim()) ?? '');
  const armour = /-----BEGIN ((?:[A-Z]+ )?PRIVATE KEY)-----[\s\S]+-----END \1-----/.exec(text);
  return armour !== null && !/ENCRYPTED/.test(armour[0]);
}

function noPrivateKey(field: string, reference: string): Problem {
  const detail = `${reference} holds no private key in PEM or OpenSSH form without passphrase.`;
  return { field, code: 'InvalidPrivateKey', detail };
}

function referencesOf({ configurations, extension }: Change): { field: string; reference: string }[] {
  const fields = configurations.flatMap((change, index) =>
    change.action === 'apply' ? located(`change.configurations[${index}]`, secretFields(change)) : [],
  );
  const ensured = extension?.action === 'ensure' ? extensionSecretFields(extension) : [];
  return [...fields, ...located('change.extension', ensured)];
}

/** Where a field of the REST body stands in the request: the same path, without `properties`. */
function located(base: string, fields: readonly SecretField[]): { field: string; reference: string }[] {
  return fields.map(({ path, reference }) => ({
    field: [base, ...path].join('.').replace('.properties', ''),
    reference,
  }));
}
