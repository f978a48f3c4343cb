import { Refusal } from '../../contracts/errors.ts';

const CONTINUATION = /^after:/;

/** One page of a list whose newest ids come first; the continuation names the last one shown. Throws `Refusal` 400. */
export function newestFirstPage<T>(
  all: Iterable<T>,
  idOf: (item: T) => string,
  { limit, continuation }: { readonly limit: number; readonly continuation?: string },
): { items: T[]; continuation?: string } {
  const before = continuation === undefined ? undefined : idBehind(continuation);
  const found = [...all]
    .filter((item) => before === undefined || idOf(item) < before)
    .sort((one, other) => (idOf(one) < idOf(other) ? 1 : -1));
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return found.length > items.length && last !== undefined ? { items, continuation: `after:${idOf(last)}` } : { items };
}

function idBehind(continuation: string): string {
  if (CONTINUATION.test(continuation)) return continuation.replace(CONTINUATION, '');
  throw new Refusal(
    400,
    'InvalidContinuation',
    'The continuation is none that a list answer gave; leave it out to start again.',
  );
}
