import { build, type BuildOptions, type Plugin } from 'esbuild';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..');

/**
 * Builds what is deployed: two files instead of thousands. `main.cjs` registers every function and is all that a cold start
 * reads; `application.cjs` is everything that they call, and is read by the first call.
 */
async function main(): Promise<void> {
  const folder = path.resolve(process.argv[2] ?? path.join(ROOT, 'dist'));
  await rm(folder, { recursive: true, force: true });
  await bundle(path.join(folder, 'main.cjs'), {
    contents: `import './functions/index.ts';`,
    plugins: [FUNCTIONS, LATE],
  });
  await bundle(path.join(folder, 'application.cjs'), {
    contents: `export * from './src/application.ts';`,
    plugins: [],
  });
}

async function bundle(outfile: string, { contents, plugins }: { contents: string; plugins: Plugin[] }): Promise<void> {
  await build({ ...OPTIONS, stdin: { contents, resolveDir: ROOT, loader: 'ts' }, plugins, outfile });
  const { size } = await stat(outfile);
  console.log(`${path.relative(ROOT, outfile)}: ${(size / 1024 / 1024).toFixed(2)} MiB`);
}

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
  define: { 'process.env.NODE_ENV': '"production"' },
};

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

/** The application stays a file of its own. Nothing else can be of it: `functions/` may import no part of it (dependency-cruiser). */
const LATE: Plugin = {
  name: 'application-loads-late',
  setup: (api) => {
    api.onResolve({ filter: /\/application\.ts$/ }, () => ({ path: './application.cjs', external: true }));
  },
};

await main();
