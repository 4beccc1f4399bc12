const base = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['tandem-source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  modulePathIgnorePatterns: ['/dist/', '/\\.tandem/'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
};

/**
 * Ends a spec that hangs; it measures nothing. On a busy machine a real server takes seconds for what it does
 * in milliseconds otherwise.
 */
const HANGS_AFTER_MS = 30_000;

export default {
  testTimeout: HANGS_AFTER_MS,
  testSequencer: '<rootDir>/dev/jest-sequencer.mjs',
  reporters: ['default', '<rootDir>/dev/jest-tally.mjs'],
  projects: [
    {
      ...base,
      displayName: 'unit',
      testMatch: ['<rootDir>/{libs,services,dev}/**/*.spec.ts'],
      testPathIgnorePatterns: ['/node_modules/', '\\.int\\.spec\\.ts$', '\\.call\\.spec\\.ts$'],
    },
    {
      ...base,
      displayName: 'int',
      testMatch: ['<rootDir>/{libs,services,dev}/**/*.int.spec.ts'],
      globalSetup: '<rootDir>/dev/jest-stack-setup.mjs',
      globalTeardown: '<rootDir>/dev/jest-stack-teardown.mjs',
    },
    {
      ...base,
      displayName: 'call',
      testMatch: ['<rootDir>/{libs,services,dev}/**/*.call.spec.ts'],
      globalSetup: '<rootDir>/dev/jest-stack-setup.mjs',
      globalTeardown: '<rootDir>/dev/jest-stack-teardown.mjs',
    },
  ],
};
