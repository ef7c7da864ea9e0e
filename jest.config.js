/** Every suite runs with this one configuration; `npm run test:<layer>` names the folder. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test', '<rootDir>/app/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: [],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2024', parser: { syntax: 'typescript' } },
        module: { type: 'commonjs' },
      },
    ],
  },
  // Both serve only the serialisation of functions, and cost a second in every test file.
  moduleNameMapper: {
    '^@npmcli/arborist$': '<rootDir>/test/empty-module.cjs',
    'typescript-shim$': '<rootDir>/test/empty-module.cjs',
  },
  reporters: ['default', '<rootDir>/test/totals-reporter.cjs'],
};
