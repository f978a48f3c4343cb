import { describe, expect, it } from 'vitest';
import { RevisionMessage } from '../../src/contracts/messages.ts';
import { REVISIONS_QUEUE } from '../../src/contracts/queues.ts';
import { app, delivery, push } from './webhook-app.ts';

/** What the message of a push of these paths carries of its claim; the first answer is lost when it was sent twice. */
async function carried(paths: readonly string[], isRepeated = false) {
  const { bench, post } = await app();
  const commits = [{ ...push.commits[0], added: paths }];
  const sent = delivery(JSON.stringify({ ...push, commits }));
  if (isRepeated) {
    const send = bench.bus.sendRevisions.bind(bench.bus);
    bench.bus.sendRevisions = () => Promise.reject(new Error('the process died'));
    await post(sent);
    bench.bus.sendRevisions = send;
  }
  await post(sent);
  const message = bench.bus.queues.get(REVISIONS_QUEUE)!.receive(bench.clock.now())!;
  const parsed = RevisionMessage.parse(JSON.parse(message.body));
  if (parsed.kind !== 'delivery') throw new Error('no delivery');
  return parsed.claimed?.pushes.map(({ changedPaths }) => changedPaths);
}

describe('the message of a delivery', () => {
  it('carries the claim, which spares reading it', async () => {
    expect(await carried(['clusters/a.yaml'])).toEqual([['clusters/a.yaml']]);
  });

  it('carries it with all paths when the delivery comes again', async () => {
    expect(await carried(['clusters/a.yaml'], true)).toEqual([['clusters/a.yaml']]);
  });

  it('leaves out what is too large to travel', async () => {
    const paths = Array.from({ length: 1000 }, (_, n) => `clusters/production/application-${n}.yaml`);
    expect(await carried(paths)).toBeUndefined();
  });
});
