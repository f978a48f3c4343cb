// House rules as lint rules (docs/ARCHITECTURE.md, "Laws" and "The tree"). Import directions are in .dependency-cruiser.cjs.
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const NO_CLOCK = [
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'Time is a value (law 10): take `now` as a parameter or ask the clock port.' },
  { selector: 'CallExpression[callee.object.name="Date"][callee.property.name="now"]', message: 'Time is a value (law 10): take `now` as a parameter or ask the clock port.' },
  { selector: 'CallExpression[callee.object.name="Math"][callee.property.name="random"]', message: 'Randomness comes through a port, so that the simulation can replay it.' },
  { selector: 'CallExpression[callee.property.name="randomUUID"]', message: 'Identifiers come through the ids port, so that the simulation can replay them.' },
];
const NO_ASYNC = [
  { selector: ':function[async=true]', message: 'Core is pure: no async.' },
  { selector: 'AwaitExpression', message: 'Core is pure: no async.' },
];
const TIMERS = ['setTimeout', 'setInterval', 'setImmediate', 'fetch'];

export default tseslint.config(
  { ignores: ['node_modules', 'dist', 'coverage', '.local', '**/*.cjs'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['eslint.config.js'] }, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'max-lines': ['error', 300],
      'max-lines-per-function': ['error', { max: 70 }],
      'no-console': 'error',
      eqeqeq: ['error', 'always'],
      'func-style': ['error', 'declaration', { allowArrowFunctions: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/require-await': 'off',
    },
  },
  { files: ['src/core/**', 'src/contracts/**'], rules: {
    'no-restricted-syntax': ['error', ...NO_CLOCK, ...NO_ASYNC],
    'no-restricted-globals': ['error', 'process', 'Buffer', 'console', 'performance', 'crypto', ...TIMERS],
  } },
  { files: ['src/app/**', 'src/http/**', 'src/webhooks/**', 'functions/**'], rules: {
    'no-restricted-syntax': ['error', ...NO_CLOCK],
    'no-restricted-globals': ['error', 'process', 'performance', 'crypto', ...TIMERS],
  } },
  { files: ['functions/**'], rules: { 'max-lines': ['error', 40] } },
  { files: ['test/**', 'bench/**'], rules: {
    'max-lines-per-function': 'off',
    '@typescript-eslint/consistent-type-assertions': 'off',
    '@typescript-eslint/no-non-null-assertion': 'off',
  } },
  { files: ['cli/**', 'local/up.ts', 'local/start.ts', 'local/*/main.ts', 'bench/**', 'test/sim/main.ts', 'tools/**'], rules: { 'no-console': 'off' } },
  { files: ['eslint.config.js'], extends: [tseslint.configs.disableTypeChecked] },
);
