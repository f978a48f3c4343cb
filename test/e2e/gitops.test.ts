import { expect, onTestFinished, test } from 'vitest';
import { runLocal, temporaryFolder } from './support/processes.ts';

test('npm run demo:gitops: a good commit reaches all, a bad one only the canaries, its revert all again', async () => {
  const folder = await temporaryFolder(onTestFinished);
  const demo = runLocal(onTestFinished, 'local/gitops/main.ts', folder);
  await demo.line('Everything went as told');
  expect(await demo.ended).toEqual([0, null]);
  const facts = demo.output.flatMap((line) => /[✓✗] .*/.exec(line) ?? []);
  expect(facts.filter((fact) => fact.startsWith('✗'))).toEqual([]);
  expect(facts).toEqual(
    expect.arrayContaining([
      '✓ every cluster runs the good commit',
      '✓ the rollout halted',
      '✓ nothing was written to their clusters',
      '✓ the halted rollout was superseded',
      '✓ every cluster runs the revert',
    ]),
  );
}, 120_000);
