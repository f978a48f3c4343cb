import { CANARY_TOKEN } from '../world/scenario.ts';
import { shortName, type OracleSpec } from './oracle.ts';

/** S17: what stands in the bodies of configurations never shows up in logs, messages, headers, verdicts or events. */
export const S17: OracleSpec = {
  id: 'S17',
  about: 'planted tokens never appear in logs, messages, headers or verdicts',
  create: (_, report) => ({
    observe: (fact) => {
      if (fact.kind === 'logged' && fact.text.includes(CANARY_TOKEN)) report(`the log says ${fact.text}`);
      if (fact.kind === 'sent' && fact.body.includes(CANARY_TOKEN))
        report(`a message on ${fact.queue} says ${fact.body}`);
      if (fact.kind === 'failed' && String(fact.error).includes(CANARY_TOKEN))
        report(`an error says ${String(fact.error)}`);
      if (fact.kind !== 'committed') return;
      const { rollout, insertResults, event, insertLive, updateLive } = fact.step;
      if (JSON.stringify([rollout, insertResults, event, insertLive, updateLive]).includes(CANARY_TOKEN)) {
        report(`${shortName(fact.mirror)} stores a planted token`);
      }
    },
  }),
};
