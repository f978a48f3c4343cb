import { describe } from 'vitest';
import { MemoryNotifier } from '../../src/adapters/memory/notifier.ts';
import { notifierSuite } from './notifier.ts';

describe('notifier in memory', () => {
  notifierSuite(async () => {
    const notifier = new MemoryNotifier();
    return {
      notifier,
      received: () => notifier.told,
      break: (isBroken) => {
        const fault = { ok: false, code: 'Broken', detail: 'The receiver is broken.' } as const;
        notifier.fault = isBroken ? fault : undefined;
      },
      close: async () => undefined,
    };
  });
});
