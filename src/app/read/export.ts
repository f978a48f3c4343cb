/** One row of an export: cells by the name of their column; absent ones are empty. */
export type ExportRow<C extends string = string> = Readonly<Partial<Record<C, string>>>;

/** A whole list as a table, made page by page: who takes it may stop when it becomes too much. */
export interface Export<C extends string = string> {
  /** Name of the file, without an ending. */
  readonly name: string;
  readonly columns: readonly C[];
  readonly pages: AsyncIterable<readonly ExportRow<C>[]>;
}

/** Rows that are made into text at once. Ours: a few hundred kilobytes. */
const ROWS_PER_PAGE = 500;

/** Cuts rows into pages. */
export function* pagesOf<T>(rows: readonly T[]): Iterable<readonly T[]> {
  for (let from = 0; from < rows.length; from += ROWS_PER_PAGE) yield rows.slice(from, from + ROWS_PER_PAGE);
}

/** A raw JSON value as one cell: text as it is, everything else as JSON. */
export function cell(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
