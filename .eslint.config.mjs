import node from 'eslint-plugin-n'
import tseslint from 'typescript-eslint'

export default tseslint.config(
  {
    ignores: [
      '.eslint.config.mjs',
      'server/local/check-node.cjs',
      'bench/worker.mjs',
      'dist/**',
      'node_modules/**',
      'public/**',
    ],
  },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { n: node },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Rows get their type where they enter, which is what `as` is for here.
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      // Factories, no classes: nothing here has a `this` to lose.
      '@typescript-eslint/unbound-method': 'off',
      'n/no-process-env': 'off',
      'no-console': 'error',
    },
  },
  {
    // Only config.ts may read the environment in the server.
    files: ['server/**/*.ts'],
    ignores: ['server/config.ts', 'server/local/**'],
    rules: { 'n/no-process-env': 'error' },
  },
  {
    // A file is about one thing, and a function is read on one screen. No exceptions.
    files: ['server/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // Express and mocha take promises where the types say void.
    files: ['server/**/*.ts', 'sandbox/**/*.ts', 'test/**/*.ts'],
    rules: { '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }] },
  },
  {
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-unused-expressions': 'off' },
  },
  {
    files: ['sandbox/index.ts', 'bench/**/*.ts', 'server/local/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
)
