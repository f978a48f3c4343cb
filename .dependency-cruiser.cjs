// The import table of docs/ARCHITECTURE.md section 2, as rules. A rule that fails names the law it guards.
const NODE =
  '^node:|^(fs|path|crypto|http|https|net|os|url|util|zlib|stream|events|timers|child_process|worker_threads)$';
const NPM = 'node_modules/';

/** `from` folder may reach only what matches one of `allowed`. */
function only(name, from, allowed) {
  return { name, severity: 'error', from: { path: from }, to: { pathNot: [from, ...allowed].join('|') } };
}

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^@azure/functions-core$' },
    },
    only('contracts-only-zod', '^src/contracts/', [NPM + 'zod/']),
    only('core-is-pure', '^src/core/', ['^src/contracts/', NPM + 'semver/']),
    only('ports-are-types', '^src/ports/', ['^src/contracts/', '^src/core/']),
    {
      name: 'ports-import-types-only',
      severity: 'error',
      from: { path: '^src/ports/' },
      to: { dependencyTypesNot: ['type-only'] },
    },
    only('app-knows-ports', '^src/app/', [
      '^src/contracts/',
      '^src/core/',
      '^src/ports/',
      '^src/webhooks/',
      NPM + 'zod/',
      NPM + 'p-limit/',
    ]),
    // Bodies become pushes by schemas, proofs are checked with Node's own hashes: nothing else is needed at the edge.
    only('webhooks-verify-and-translate', '^src/webhooks/', ['^src/contracts/', NPM + 'zod/', '^(node:)?crypto$']),
    only('http-knows-app', '^src/http/', [
      '^src/contracts/',
      '^src/app/',
      '^src/ports/',
      NPM + '@azure/functions/',
      NPM + 'csv-stringify/',
      NPM + 'prom-client/',
      NPM + 'yaml/',
      NPM + 'zod/',
      NODE,
    ]),
    {
      name: 'adapters-know-no-app',
      severity: 'error',
      from: { path: '^src/adapters/' },
      to: { path: '^src/(app|http|webhooks)/|^src/core/(?!(throttle|telemetry)/)|^(functions|local|cli)/' },
    },
    {
      name: 'adapters-know-not-each-other',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/adapters/[^/]+/', pathNot: '^src/adapters/$1/' },
    },
    // Nothing that takes long to load: a process registers its functions before it needs any of it.
    only('functions-only-wire', '^functions/', [
      '^src/load\\.ts$',
      '^src/contracts/queues\\.ts$',
      NPM + '@azure/functions/',
    ]),
    {
      name: 'application-loads-late',
      severity: 'error',
      from: { path: '^src/load\\.ts$' },
      to: { dependencyTypesNot: ['type-only', 'type-import', 'dynamic-import'] },
    },
    {
      name: 'opentelemetry-loads-late',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/adapters/telemetry/(?!telemetry\\.ts$)' },
      to: {
        path: '^src/adapters/telemetry/(?!telemetry\\.ts$|off\\.ts$)|@opentelemetry/|monitor-opentelemetry',
        dependencyTypesNot: ['type-only', 'type-import', 'dynamic-import'],
      },
    },
    {
      name: 'only-compose-builds-adapters',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(compose\\.ts|compose/|adapters/)' },
      to: { path: '^src/adapters/' },
    },
    {
      name: 'faces-know-contracts-only',
      severity: 'error',
      from: { path: '^(cli|web)/' },
      to: { path: '^src/(?!contracts/)' },
    },
    {
      name: 'production-never-imports-local',
      severity: 'error',
      from: { path: '^(src|functions)/' },
      to: { path: '^(local|test|bench|cli|web)/' },
    },
    { name: 'local-knows-no-faces', severity: 'error', from: { path: '^local/' }, to: { path: '^(cli|web)/' } },
    {
      name: 'production-needs-no-dev-dependency',
      severity: 'error',
      from: { path: '^(src|functions)/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'types'],
    },
  },
};
