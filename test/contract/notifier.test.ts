import { describe } from 'vitest';
import { ManualClock } from '../../local/clock.ts';
import { MemorySecrets } from '../../src/adapters/memory/secrets.ts';
import { createNotifier } from '../../src/adapters/notifications/notifier.ts';
import { Notification } from '../../src/contracts/notification.ts';
import { startHttpFixture } from '../adapters/http-fixture.ts';
import { notifierSuite } from './notifier.ts';

/** A CloudEvent as the notification that it was made of. */
function notificationOf(body: string): Notification {
  const { id, type, time, subject, data } = JSON.parse(body) as Record<string, string> & { data: object };
  return Notification.parse({ id, type, at: Date.parse(time ?? ''), subject, ...data });
}

describe('notifier over HTTP against a receiver', () => {
  notifierSuite(async () => {
    let status = 204;
    const receiver = await startHttpFixture(() => ({ status }));
    return {
      notifier: createNotifier({
        receiver: `${receiver.endpoint}/hook`,
        secrets: new MemorySecrets(),
        clock: new ManualClock(),
        apiUrl: '/api',
        isLocalCloud: true,
      }),
      received: () => receiver.requests.map(({ body }) => notificationOf(body)),
      break: (isBroken) => {
        status = isBroken ? 503 : 204;
      },
      close: () => receiver.close(),
    };
  });
});
