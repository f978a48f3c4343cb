import { build, type BuildOptions, type Plugin } from 'esbuild';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..');

/**
 * Builds what is deployed: four files instead of thousands. `main.cjs` registers every function and, with `settings.cjs`, which reads
 * the settings, is all that a cold start reads; `application.cjs` is everything that they call, and is read by the first call; `telemetry.cjs` is read where there is
 * a collector.
 */
async function main(): Promise<void> {
  const folder = path.resolve(process.argv[2] ?? path.join(ROOT, 'dist'));
  await rm(folder, { recursive: true, force: true });
  await bundle(path.join(folder, 'main.cjs'), `import './functions/index.ts';`);
  for (const [source, file] of Object.entries(LATE_FILES)) {
    await bundle(path.join(folder, file), `export * from './${source}';`);
  }
}

async function bundle(outfile: string, contents: string): Promise<void> {
  await build({ ...OPTIONS, stdin: { contents, resolveDir: ROOT, loader: 'ts' }, outfile });
  const { size } = await stat(outfile);
  console.log(`${path.relative(ROOT, outfile)}: ${(size / 1024 / 1024).toFixed(2)} MiB`);
}

/** Makes `./functions/index.ts` an import of every file in `functions/`, so that none can be forgotten. */
const FUNCTIONS: Plugin = {
  name: 'functions-index',
  setup: (api) => {
    const folder = path.join(ROOT, 'functions');
    api.onResolve({ filter: /^\.\/functions\/index\.ts$/ }, () => ({ path: 'index', namespace: 'functions' }));
    api.onLoad({ filter: /.*/, namespace: 'functions' }, async () => {
      const files = (await readdir(folder)).filter((file) => file.endsWith('.ts'));
      return { contents: files.map((file) => `import './${file}';`).join('\n'), resolveDir: folder, loader: 'ts' };
    });
  },
};

/** What is imported late, by its source, and the file that it stays in. */
const LATE_FILES: Readonly<Record<string, string>> = {
  'src/application.ts': 'application.cjs',
  'src/config.ts': 'settings.cjs',
  'src/adapters/telemetry/sdk.ts': 'telemetry.cjs',
};

/** What is imported late stays in a file of its own, wherever that happens. */
const LATE: Plugin = {
  name: 'loads-late',
  setup: (api) => {
    api.onResolve({ filter: /\.ts$/ }, ({ kind, path: imported, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      const file = LATE_FILES[path.relative(ROOT, path.resolve(resolveDir, imported))];
      return file === undefined ? undefined : { path: `./${file}`, external: true };
    });
  },
};

const OPTIONS: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  // The platform's own module: it exists only there.
  external: ['@azure/functions-core'],
  minify: true,
  keepNames: true,
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [FUNCTIONS, LATE],
  define: { 'process.env.NODE_ENV': '"production"' },
};

await main();
