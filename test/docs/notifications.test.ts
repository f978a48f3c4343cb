import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { cloudEvent } from '../../src/adapters/notifications/cloud-event.ts';
import { Notification, NotificationType } from '../../src/contracts/notification.ts';

const text = readFileSync(new URL('../../docs/notifications.md', import.meta.url), 'utf8');
const examples = [...text.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json = '']) => JSON.parse(json) as unknown);

const Example = z.object({ source: z.string(), time: z.string(), data: z.object({}).loose() }).loose();

test('docs/notifications.md has one example of each event, as it is sent', () => {
  const types = examples.map((example) => {
    const { source, time, data, ...rest } = Example.parse(example);
    const notification = Notification.parse({ ...rest, at: Date.parse(time), ...data });
    expect(example).toEqual(cloudEvent(notification, source));
    return notification.type;
  });
  expect(types).toEqual(NotificationType.options);
});
