import type { Notification } from '../../contracts/notification.ts';

/** Structured mode of CloudEvents 1.0 (JSON event format, section 3). */
export const CLOUD_EVENT_TYPE = 'application/cloudevents+json; charset=utf-8';

/**
 * A notification as a CloudEvent 1.0. `apiUrl` is where the API answers, such as `https://HOST/api`; without a host its path alone, which the
 * specification allows (URI-reference).
 */
export function cloudEvent({ id, type, at, subject, code, detail }: Notification, apiUrl: string): object {
  const links = subject.startsWith('queues/') ? {} : { links: { about: `${apiUrl}/${subject}` } };
  return {
    specversion: '1.0',
    id,
    source: apiUrl,
    type,
    time: new Date(at).toISOString(),
    subject,
    datacontenttype: 'application/json',
    data: { code, detail, ...links },
  };
}
