import { CANARY_TOKEN } from '../world/draw-cluster.ts';
import { originalKey } from '../world/recorder.ts';
import { SECRET_TOKEN, SECRETS } from '../world/secrets.ts';
import { shortName, type OracleSpec } from './oracle.ts';

/** Secrets as they are, and as Azure takes them. */
const SECRET_TEXTS = [SECRET_TOKEN, ...Object.values(SECRETS).map((value) => Buffer.from(value).toString('base64'))];

/** S17: what stands in bodies never shows up in logs, messages, headers, verdicts or events; secrets in no row at all. */
export const S17: OracleSpec = {
  id: 'S17',
  about: 'planted tokens never appear in logs, messages, headers or verdicts, secrets nowhere',
  create: (_, report) => ({
    observe: (fact) => {
      if (fact.kind === 'logged' && leaks(fact.text)) report(`the log says ${fact.text}`);
      if (fact.kind === 'sent' && leaks(fact.body)) report(`a message on ${fact.queue} says ${fact.body}`);
      if (fact.kind === 'failed' && leaks(String(fact.error))) report(`an error says ${String(fact.error)}`);
      if (fact.kind === 'liveSaved') {
        const { mirror, after } = fact;
        const stored = [after, mirror.originals.get(originalKey(after.ordinal, after.action))];
        if (leaksSecret(JSON.stringify(stored))) report(`${shortName(mirror)} stores a secret`);
      }
      if (fact.kind !== 'committed') return;
      const { rollout, insertResults, event, insertLive, updateLive } = fact.step;
      if (leaks(JSON.stringify([rollout, insertResults, event, insertLive, updateLive]))) {
        report(`${shortName(fact.mirror)} stores a planted token`);
      }
    },
  }),
};

function leaks(text: string): boolean {
  return text.includes(CANARY_TOKEN) || leaksSecret(text);
}

function leaksSecret(text: string): boolean {
  return SECRET_TEXTS.some((secret) => text.includes(secret));
}
