/** The files of one commit. Folders are there as far as files are in them; the root is the empty text. */
export class FileTree {
  /** Sorted, as Flux walks them. */
  readonly #files: readonly string[];
  readonly #known: ReadonlySet<string>;
  readonly #folders: ReadonlySet<string>;
  readonly #read: (file: string) => Promise<string>;

  constructor(files: Iterable<string>, read: (file: string) => Promise<string>) {
    this.#files = [...files].sort();
    this.#known = new Set(this.#files);
    this.#folders = new Set(['', ...this.#files.flatMap(foldersOf)]);
    this.#read = read;
  }

  hasFile(path: string): boolean {
    return this.#known.has(path);
  }

  hasFolder(path: string): boolean {
    return this.#folders.has(path);
  }

  /** Files at any depth below a folder. */
  filesBelow(folder: string): string[] {
    const prefix = folder === '' ? '' : `${folder}/`;
    return this.#files.filter((file) => file.startsWith(prefix));
  }

  read(file: string): Promise<string> {
    return this.#read(file);
  }
}

/** `a/b` and `c` → `a/b/c`, with `.` and `..` resolved; nothing leads out of the root, as in Flux. */
export function join(folder: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${folder}/${path}`.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** The folder that a file or folder is in. */
export function folderOf(path: string): string {
  return path.split('/').slice(0, -1).join('/');
}

function foldersOf(file: string): string[] {
  const parts = file.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
