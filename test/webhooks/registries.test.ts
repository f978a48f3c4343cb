import { describe, expect, it } from 'vitest';
import { acr } from '../../src/webhooks/acr.ts';
import { oci } from '../../src/webhooks/oci.ts';
import { DIGEST, pushesOf, refusedField, translate } from './deliveries.ts';
import ping from './fixtures/acr-ping.json' with { type: 'json' };
import pushed from './fixtures/acr-push.json' with { type: 'json' };
import notified from './fixtures/oci-events.json' with { type: 'json' };

const [layer, manifest] = notified.events;

function acrWith(target: Readonly<Record<string, unknown>>): unknown {
  return { ...pushed, target: { ...pushed.target, ...target } };
}

function eventsOf(...events: Readonly<Record<string, unknown>>[]): unknown {
  return { events: events.map((event) => ({ ...manifest, ...event })) };
}

describe('acr', () => {
  it('a tag is pushed', () => {
    expect(pushesOf(acr, {}, pushed)).toEqual([
      {
        source: 'oci',
        repository: 'contoso.azurecr.io/fleet/config',
        ref: { kind: 'tag', name: 'stable' },
        after: DIGEST,
        at: Date.parse('2026-03-01T09:00:36.270Z'),
      },
    ]);
  });

  it('a ping, an artifact without a tag, other events', () => {
    expect(translate(acr, {}, ping)).toMatchObject({ code: 'Ping' });
    expect(translate(acr, {}, acrWith({ tag: undefined }))).toMatchObject({ code: 'NoTag' });
    for (const action of ['delete', 'quarantine', 'chart_push']) {
      expect(translate(acr, {}, { ...pushed, action })).toMatchObject({ code: 'UnknownEvent' });
    }
  });

  it.each<[string, unknown]>([
    ['action', {}],
    ['timestamp', { ...pushed, timestamp: 'now' }],
    ['target.digest', acrWith({ digest: 'sha512:00' })],
    ['target.repository', acrWith({ repository: 7 })],
    ['request.host', { ...pushed, request: {} }],
    ['request.host', { ...pushed, request: { host: '' } }],
    ['', null],
  ])('the wrong shape: %s', (field, body) => {
    expect(refusedField(() => translate(acr, {}, body))).toBe(field);
  });
});

describe('oci', () => {
  it('a tag is pushed, with its layers: the registry has the name that it gives itself', () => {
    expect(pushesOf(oci, {}, notified)).toEqual([
      {
        source: 'oci',
        repository: 'registry.contoso.com/fleet/config',
        ref: { kind: 'tag', name: 'stable' },
        after: DIGEST,
        at: Date.parse('2026-03-01T09:00:20.270Z'),
        by: 'ada',
      },
    ]);
  });

  it('several repositories in one delivery; without a URL, the host of the request', () => {
    const body = eventsOf(
      { target: { ...manifest!.target, tag: 'v1' } },
      { target: { repository: 'fleet/other', tag: 'v2', digest: DIGEST }, actor: {} },
    );
    expect(pushesOf(oci, {}, body)).toMatchObject([
      { repository: 'registry.contoso.com/fleet/config', ref: { name: 'v1' } },
      { repository: 'registry.internal/fleet/other', ref: { name: 'v2' } },
    ]);
  });

  it('a tag is deleted', () => {
    const body = eventsOf({ action: 'delete', target: { repository: 'fleet/config', tag: 'stable' } });
    expect(pushesOf(oci, {}, body)).toMatchObject([{ ref: { kind: 'tag', name: 'stable' }, after: null }]);
  });

  it('layers, pulls, mounts, manifests without a tag and empty notifications', () => {
    const ignored = [
      { events: [layer] },
      eventsOf({ action: 'pull' }),
      eventsOf({ action: 'mount' }),
      eventsOf({ action: 'delete', target: { repository: 'fleet/config', digest: DIGEST } }),
      { events: [] },
    ];
    for (const body of ignored) expect(translate(oci, {}, body)).toMatchObject({ kind: 'ignored', code: 'NoTag' });
  });

  it.each<[string, unknown]>([
    ['events', {}],
    ['events[0].timestamp', eventsOf({ timestamp: 7 })],
    ['events[1].target.digest', { events: [layer, { ...manifest, target: { ...manifest!.target, digest: '' } }] }],
    ['events[0].target.url', eventsOf({ target: { tag: 'v1', digest: DIGEST }, request: {} })],
    ['', 'events'],
  ])('the wrong shape: %s', (field, body) => {
    expect(refusedField(() => translate(oci, {}, body))).toBe(field);
  });
});
