// Border net 1 (who may import whom across projects) and the habits a machine can check.
// Net 2 lives in .dependency-cruiser.cjs, net 3 is the size and safety rules below.
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';
import { borders } from './dev/borders.mjs';

const SIZE = {
  'max-lines': ['error', { max: 400, skipBlankLines: false, skipComments: false }],
  'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
  complexity: ['error', 12],
};

/** Only addresses may be longer: texts, SQL and Lua are wrapped. */
const LINE = { 'max-len': ['error', { code: 110, ignoreUrls: true }] };

const HASH_PRIVATE = {
  selector: 'PropertyDefinition > PrivateIdentifier, MethodDefinition > PrivateIdentifier',
  message: 'Write `private` (and `readonly`): one style for private members.',
};

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '.tandem/**',
      '.nx/**',
      '**/*.mjs',
      '**/*.cjs',
      'docs/**',
      // Written by a generator.
      'services/console/src/api/generated/**',
    ],
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { '@nx': nx },
    rules: {
      ...SIZE,
      ...LINE,
      '@nx/enforce-module-boundaries': [
        'error',
        { enforceBuildableLibDependency: false, allow: [], depConstraints: borders.nxConstraints },
      ],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/require-await': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      'no-restricted-syntax': ['error', HASH_PRIVATE],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['libs/**/*.ts', 'services/**/*.ts'],
    ignores: ['libs/platform/src/config/**', '**/*.spec.ts', '**/test/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Read configuration through platform/config; libraries take plain options.',
        },
      ],
      'no-restricted-syntax': [
        'error',
        HASH_PRIVATE,
        {
          selector: "ThrowStatement > NewExpression[callee.name='Error']",
          message:
            'Throw an error class that says what happened and what to do (ProviderError, Problem, …), ' +
            'not a bare Error.',
        },
      ],
    },
  },
  {
    files: ['libs/conversation/src/session/call-session.ts'],
    rules: { 'max-lines': ['error', { max: 350 }] },
  },
  {
    // Components are longer than other functions: most of their lines are markup.
    files: ['services/console/**/*.tsx'],
    rules: { 'max-lines-per-function': ['error', { max: 130, skipBlankLines: true, skipComments: true }] },
  },
  {
    files: ['dev/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    // Specs that need servers or simulators take them from the workshop, which production must not.
    files: ['**/*.int.spec.ts', '**/*.call.spec.ts', '**/test/**/*.ts'],
    rules: { '@nx/enforce-module-boundaries': 'off' },
  },
  {
    files: ['**/*.spec.ts', '**/*.conformance.ts', '**/test/**/*.ts', '**/*.bench.ts'],
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-console': 'off',
    },
  },
);
