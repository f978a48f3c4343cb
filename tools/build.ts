import { build, type Plugin } from 'esbuild';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * Builds what is deployed: one file with every function in it, so that a cold start reads one file instead of thousands.
 * `@azure/functions-core` is the platform's own module and exists only there.
 */
async function main(): Promise<void> {
  const root = path.resolve(import.meta.dirname, '..');
  const outfile = path.join(root, 'dist', 'main.cjs');
  await rm(path.dirname(outfile), { recursive: true, force: true });
  await build({
    stdin: { contents: `import './functions/index.ts';`, resolveDir: root, loader: 'ts' },
    plugins: [functionsIndex(root)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    external: ['@azure/functions-core'],
    minify: true,
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  const { size } = await stat(outfile);
  console.log(`${path.relative(root, outfile)}: ${(size / 1024 / 1024).toFixed(1)} MiB`);
}

/** Makes `./functions/index.ts` an import of every file in `functions/`, so that none can be forgotten. */
function functionsIndex(root: string): Plugin {
  const folder = path.join(root, 'functions');
  return {
    name: 'functions-index',
    setup: (api) => {
      api.onResolve({ filter: /^\.\/functions\/index\.ts$/ }, () => ({ path: 'index', namespace: 'functions' }));
      api.onLoad({ filter: /.*/, namespace: 'functions' }, async () => {
        const files = (await readdir(folder)).filter((file) => file.endsWith('.ts'));
        return { contents: files.map((file) => `import './${file}';`).join('\n'), resolveDir: folder, loader: 'ts' };
      });
    },
  };
}

await main();
