/** Nothing but the ports may tell the time, draw a number or touch the world during a run. */
const FORBIDDEN: readonly { readonly owner: object; readonly name: string }[] = [
  { owner: Date, name: 'now' },
  { owner: Math, name: 'random' },
  { owner: globalThis, name: 'setTimeout' },
  { owner: globalThis, name: 'setInterval' },
  { owner: globalThis, name: 'setImmediate' },
  { owner: globalThis, name: 'fetch' },
  { owner: globalThis.crypto, name: 'randomUUID' },
  { owner: globalThis.crypto, name: 'getRandomValues' },
  { owner: performance, name: 'now' },
];

/** Makes every other source of time, chance and I/O throw. Returns how to undo that. */
export function raiseGuard(): () => void {
  const undo = FORBIDDEN.map(({ owner, name }) => {
    const own = Object.getOwnPropertyDescriptor(owner, name);
    Object.defineProperty(owner, name, {
      configurable: true,
      writable: true,
      value: () => {
        throw new Error(`${name} was called during a simulation: time, chance and I/O come through ports`);
      },
    });
    return () => {
      if (own === undefined) Reflect.deleteProperty(owner, name);
      else Object.defineProperty(owner, name, own);
    };
  });
  return () => {
    for (const restore of undo) restore();
  };
}
