import type { FaultKind, FaultPlan } from './faults.ts';
import type { Invocation } from './invocation.ts';
import type { Kernel } from './kernel.ts';

/** What may go wrong with one kind of call, besides crashes. */
export interface CallFaults {
  readonly before?: FaultKind;
  readonly after?: FaultKind;
  /** The error that the caller sees. */
  readonly error: (kind: FaultKind) => Error;
}

/** Everything a call needs of the run. */
export interface CallSite {
  readonly kernel: Kernel;
  readonly faults: FaultPlan;
  readonly onCall: (invocation: Invocation, name: string) => void;
}

/**
 * One awaited call of the application: request travels, effect, answer travels. Every await of the app ends here. The
 * caller may die on the way (its promise is then simply dropped); the effect happens all the same.
 */
export function call<T>(
  site: CallSite,
  invocation: Invocation,
  name: string,
  faults: CallFaults,
  effect: () => Promise<T>,
): Promise<T> {
  const key = `${invocation.id}/${++invocation.calls}`;
  return new Promise((resolve, reject) => {
    if (!invocation.alive) return;
    site.onCall(invocation, name);
    if (diesHere(site, invocation, 'request', key)) return;
    const answer = (settle: () => void): void => {
      site.kernel.after(
        answerMs(site, invocation, key),
        () => {
          if (invocation.alive && !diesHere(site, invocation, 'answer', key)) settle();
        },
        `${invocation.about} < ${name}`,
      );
    };
    site.kernel.after(
      travelMs(site, key),
      () => {
        if (faults.before !== undefined && site.faults.fires(faults.before, key)) {
          const error = faults.error(faults.before);
          invocation.disturbed = true;
          site.kernel.note(`${invocation.about} ${name} ! ${error.message}`);
          answer(() => reject(error));
          return;
        }
        effect().then(
          (value) => {
            if (faults.after !== undefined && site.faults.fires(faults.after, key)) {
              const error = faults.error(faults.after);
              invocation.disturbed = true;
              site.kernel.note(`${invocation.about} ${name} done, but ! ${error.message}`);
              answer(() => reject(error));
            } else answer(() => resolve(value));
          },
          (error: unknown) => answer(() => reject(error instanceof Error ? error : new Error(String(error)))),
        );
      },
      `${invocation.about} > ${name}`,
    );
  });
}

/** An answer in pages: each is a call of its own. */
export async function* callPages<T>(
  site: CallSite,
  invocation: Invocation,
  name: string,
  faults: CallFaults,
  pages: AsyncIterable<T>,
): AsyncGenerator<T> {
  const iterator = pages[Symbol.asyncIterator]();
  for (;;) {
    const page = await call(site, invocation, name, faults, () => iterator.next());
    if (page.done === true) return;
    yield page.value;
  }
}

/** Crashes before the request leaves, or after the answer: between two statements of the handler. */
function diesHere({ faults, kernel }: CallSite, invocation: Invocation, moment: string, key: string): boolean {
  if (faults.fires('hostCrash', `${key}/${moment}`)) {
    invocation.host.life += 1;
    kernel.note(`${invocation.host.name} dies`);
  } else if (faults.fires('crash', `${key}/${moment}`)) {
    invocation.die();
    kernel.note(`${invocation.about} dies before the ${moment} of call ${invocation.calls}`);
  }
  return !invocation.alive;
}

function travelMs({ faults }: CallSite, key: string): number {
  if (faults.fires('slow', `${key}/travel`)) return 1000 + faults.unit('slowness', key) * 9000;
  return 2 + faults.unit('travel', key) * 30;
}

/** A zombie hears the answer long after its lock has run out. */
function answerMs({ faults, kernel }: CallSite, invocation: Invocation, key: string): number {
  if (faults.fires('zombie', key)) {
    invocation.lockLost = true;
    const standsStillMs = Math.round(1000 * 900 ** faults.unit('stillness', key));
    kernel.note(`${invocation.about} stands still for ${Math.round(standsStillMs / 1000)} s`);
    return standsStillMs;
  }
  return 2 + faults.unit('answer', key) * 30;
}
